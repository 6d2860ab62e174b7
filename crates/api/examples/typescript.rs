//! Prints the contract as TypeScript; `cargo xtask gen` writes it to `ui/src/gen/api.ts`.
#![allow(clippy::print_stdout)]

fn main() {
    print!("{}", skydeck_api::typescript());
}
