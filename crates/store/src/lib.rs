//! SQLite: cache.db (rebuildable) and ledger.db (not rebuildable).
