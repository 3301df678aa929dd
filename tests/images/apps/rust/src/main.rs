//! Reads a file beside it, is linked with OpenSSL, and panics into an unwinder that is a library of GCC's.

use std::{fs, panic};

#[link(name = "crypto")]
extern "C" {
    fn OpenSSL_version_num() -> std::os::raw::c_ulong;
}

fn main() {
    let text = fs::read_to_string("static/words.txt").expect("static/words.txt");
    println!("{} words", text.split_whitespace().count());
    println!("OpenSSL {}", unsafe { OpenSSL_version_num() } >> 28);
    panic::set_hook(Box::new(|_| ()));
    println!("caught: {}", panic::catch_unwind(|| panic!()).is_err());
}
