//! The one contract of window, browser and command line.
