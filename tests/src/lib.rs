//! What the tests of several folders share: the real window under a driver.

pub mod window;
