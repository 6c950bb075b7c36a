//! What a host of the second world gives: a logger that prints, and a token store of this process.

use std::cell::RefCell;
use std::collections::HashMap;

use exports::astrolabe::client::{logger, token_store};

wit_bindgen::generate!({
    inline: "package astrolabe:services;
        world services {
            export astrolabe:client/logger@0.1.0;
            export astrolabe:client/token-store@0.1.0;
        }",
    path: "../../../wit",
    generate_all,
});

struct Services;
export!(Services);

thread_local! {
    static STORED: RefCell<HashMap<String, String>> = RefCell::default();
}

impl logger::Guest for Services {
    fn log(level: logger::Level, line: String) {
        let level = match level {
            logger::Level::Debug => "debug",
            logger::Level::Info => "info",
        };
        println!("{}", serde_json::json!({ "log": [level, line] }));
    }
}

impl token_store::Guest for Services {
    fn get(name: String) -> Result<Option<String>, String> {
        Ok(STORED.with_borrow(|stored| stored.get(&name).cloned()))
    }

    fn put(name: String, value: String, _keep_for_seconds: u64) -> Result<(), String> {
        STORED.with_borrow_mut(|stored| stored.insert(name, value));
        Ok(())
    }
}
