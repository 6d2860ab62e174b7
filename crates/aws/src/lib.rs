//! The only crate that knows aws-sdk: profiles, clients, limiter, errors, one file per service.
