//! That nothing which holds a secret shows it, whatever the secret is.

use astrolabe_client::{ClientAuthentication, Contents, Secret, StoredToken, UnixTime};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::setup::client_credentials;

fn config() -> ProptestConfig {
    let kept = FileFailurePersistence::SourceParallel("regressions");
    ProptestConfig { failure_persistence: Some(Box::new(kept)), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn debug_shows_no_secret_of_any_kind(value in ".*", expires_at_ms: Option<i64>) {
        let secret = Secret::new(value.clone());
        prop_assert_eq!(format!("{secret:?} {secret:#?}"), "[redacted] [redacted]");
        prop_assert_eq!(secret.expose(), value);
        let token = |access_token| Contents {
            token: Some(StoredToken { access_token, expires_at: expires_at_ms.map(UnixTime::from_millis) }),
            ..Contents::default()
        };
        let credentials = |secret| {
            let mut credentials = client_credentials();
            credentials.authentication = ClientAuthentication::Secret { secret, method: None };
            credentials
        };
        // With one secret it is written as with any other.
        let other = || Secret::new("another");
        prop_assert_eq!(format!("{:?}", token(secret.clone())), format!("{:?}", token(other())));
        prop_assert_eq!(format!("{:?}", credentials(secret)), format!("{:?}", credentials(other())));
    }
}
