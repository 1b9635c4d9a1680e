//! Builds again when a query pack comes or goes: the macro that embeds them does not see that by itself.

fn main() {
    println!("cargo::rerun-if-changed=queries");
}
