//! Link options that Node add-ons need. Linux needs none, and on Windows the functions are looked up at run time (Cargo.toml).

fn main() {
    // Node itself provides the Node-API functions when it loads the library.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("macos") {
        println!("cargo:rustc-cdylib-link-arg=-undefined");
        println!("cargo:rustc-cdylib-link-arg=dynamic_lookup");
        // Otherwise the library bears the path of the folder that it was built in.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/vigie.node");
    }
    println!("cargo:rerun-if-changed=build.rs");
}
