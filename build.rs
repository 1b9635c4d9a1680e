//! Builds again when a query pack comes or goes: the macro that embeds them does not see that by itself.

#[expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() {
    println!("cargo::rerun-if-changed=queries");
}
