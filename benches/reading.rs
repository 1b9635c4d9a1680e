//! Reading exports: gigabytes a second.
fn main() {
    divan::main();
}
