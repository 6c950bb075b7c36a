use core::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;

use super::{cases, text};
use crate::config::WayIn;
use crate::error::*;
use crate::login::ProofKind;
use crate::setting::Setting;

const PROOFS: [ProofKind; 4] = [ProofKind::Secret, ProofKind::PrivateKey, ProofKind::Assertion, ProofKind::Certificate];

/// One of each kind, with `one` and `other` as what a server or an application wrote.
fn kinds(one: &str, other: &str, status: u16) -> Vec<ErrorKind> {
    let (text, more) = (|| one.to_string(), || other.to_string());
    let said = || Some(text()).filter(|text| !text.is_empty());
    let mut kinds = vec![
        ErrorKind::UnusableAccessToken,
        ErrorKind::Insecure(Exposed::Login),
        ErrorKind::Insecure(Exposed::Metadata(Setting::Issuer)),
        ErrorKind::Insecure(Exposed::Metadata(Setting::DiscoveryUrl)),
        ErrorKind::Network { reason: None },
        ErrorKind::Network { reason: Some(BAD_PORT.to_string()) },
        ErrorKind::Network { reason: Some(text()) },
        ErrorKind::Timeout { limit: Duration::from_millis(status.into()) },
        ErrorKind::TooLarge { max_response_bytes: status.into() },
        ErrorKind::NoResponse,
        ErrorKind::Redirected(RedirectProblem::ToPlainHttp),
        ErrorKind::Redirected(RedirectProblem::TooOften),
        ErrorKind::Redirected(RedirectProblem::ToNowhere),
        ErrorKind::Redirected(RedirectProblem::CannotBeFollowed),
        ErrorKind::Redirected(RedirectProblem::ToAddressWithSecret),
        ErrorKind::NoIdentityProvider { is_html: true, said: said() },
        ErrorKind::NoIdentityProvider { is_html: false, said: None },
        ErrorKind::DiscoveryRefused { status, said: said() },
        ErrorKind::DiscoveryNotJson(NotJson::Html),
        ErrorKind::DiscoveryNotJson(NotJson::Other),
        ErrorKind::DiscoveryServerFailed { status, said: said() },
        ErrorKind::IssuerMismatch { found: text(), expected: more() },
        ErrorKind::UnusableEndpoint(EndpointProblem::Missing),
        ErrorKind::UnusableEndpoint(EndpointProblem::NotToBeShown),
        ErrorKind::UnusableEndpoint(EndpointProblem::NoUrl),
        ErrorKind::TokenEndpointRedirected,
        ErrorKind::TokenAnswer(TokenAnswerProblem::NotJson(NotJson::Html)),
        ErrorKind::TokenAnswer(TokenAnswerProblem::NoToken),
        ErrorKind::TokenAnswer(TokenAnswerProblem::UnusableToken),
        ErrorKind::TokenAnswer(TokenAnswerProblem::NoBearer),
        ErrorKind::TokenFunction(TokenFunctionProblem::Failed),
        ErrorKind::TokenFunction(TokenFunctionProblem::NoText),
        ErrorKind::TokenFunction(TokenFunctionProblem::Unusable),
        ErrorKind::Assertion(TokenFunctionProblem::Failed),
        ErrorKind::Assertion(TokenFunctionProblem::NoText),
        ErrorKind::Assertion(TokenFunctionProblem::Unusable),
        ErrorKind::NoSignature { name: text() },
        ErrorKind::NoSigningAlgorithm { of_key: text(), announced: more() },
        ErrorKind::NoSigningAlgorithm { of_key: text(), announced: String::new() },
        ErrorKind::NoAccessToken,
        ErrorKind::NotJson(NotJson::Html),
        ErrorKind::NotJson(NotJson::PhpMessage),
        ErrorKind::NotJson(NotJson::Other),
        ErrorKind::UnexpectedField("provisioned_at"),
        ErrorKind::AnotherAnswer,
        ErrorKind::NotConfirmed { said: said() },
        ErrorKind::UserMismatch { found: text(), expected: more() },
        ErrorKind::AppPasswordForm,
        ErrorKind::AppPasswordRefused { reason: text() },
        ErrorKind::MayNotKnow,
        ErrorKind::NoOcs,
        ErrorKind::NoNextcloud,
        ErrorKind::SamePageTwice,
    ];
    for proof in PROOFS {
        kinds.extend([Exposed::Proof(proof), Exposed::ProofHere(proof)].map(ErrorKind::Insecure));
    }
    let errors = [None, Some("invalid_client"), Some("unsupported_grant_type"), Some("invalid_grant")];
    for error in errors.into_iter().map(|error| error.map(str::to_string)).chain([said()]) {
        for is_maintenance in [false, true] {
            for other_grants in [None, said()] {
                for proof in PROOFS {
                    let (error, description) = (error.clone(), said());
                    let other_grants = other_grants.clone();
                    let refusal = GrantRefusal { status, is_maintenance, error, description, other_grants, proof };
                    kinds.push(ErrorKind::GrantRefused(refusal));
                }
            }
        }
    }
    let reasons = [
        RefusalReason::Redirect(None),
        RefusalReason::Redirect(Some(text())),
        RefusalReason::HostNotTrusted,
        RefusalReason::Login(WayIn::ClientCredentials),
        RefusalReason::Login(WayIn::AccessToken),
        RefusalReason::Login(WayIn::Basic),
        RefusalReason::PasswordIgnored,
        RefusalReason::UsernameTakenForNone,
        RefusalReason::Firewall,
        RefusalReason::AccountDisabled,
        RefusalReason::LoginRefusedInWords,
        RefusalReason::NoAdministrator(None),
        RefusalReason::NoAdministrator(Some(text())),
        RefusalReason::SelfProvisioningOff,
        RefusalReason::NoSuchRoute,
        RefusalReason::NoSuchMethod,
        RefusalReason::Forged,
        RefusalReason::BruteForceLock,
        RefusalReason::TooMany,
        RefusalReason::Maintenance,
        RefusalReason::MaintenanceOrUpgrade,
        RefusalReason::NeedsUpgrade,
        RefusalReason::ServerFailed,
        RefusalReason::Other,
    ];
    kinds.extend(reasons.map(|reason| ErrorKind::Refused(Refusal { reason, status, said: said() })));
    kinds
}

proptest! {
    #![proptest_config(cases())]

    /// Nothing is left to be filled in, whatever a server wrote or did not.
    #[test]
    fn every_kind_says_what_happened_and_what_to_do(texts in ("[A-Z]{0,3}", "[A-Z]{0,3}"), status: u16) {
        for kind in kinds(&texts.0, &texts.1, status) {
            let error = Error::new(kind);
            for words in [&error.what, &error.to_do] {
                prop_assert!(!words.is_empty() && !words.contains(['{', '}']) && !words.contains("  "), "{error}");
                prop_assert!(!words.starts_with(' ') && !words.ends_with([' ', '.', ':']), "{error}");
            }
            prop_assert_eq!(error.message(), format!("{}: {}", error.what, error.to_do));
            prop_assert_eq!(error.to_string(), error.message());
            prop_assert_eq!(format!("{error:?}"), format!("Error({}: {})", error.code.as_str(), error));
            for said in [&error.oauth_error, &error.oauth_error_description, &error.server_message].into_iter().flatten() {
                let is_standard = ["invalid_client", "unsupported_grant_type", "invalid_grant"].contains(&said.as_str());
                prop_assert!(texts.0 == *said || is_standard);
            }
        }
    }

    /// Braces that a server writes are no template.
    #[test]
    fn what_a_server_wrote_is_not_filled_in(one in text(), other in text(), status: u16) {
        let (one, other) = (format!("1{one}"), format!("2{other}"));
        for (written, plain) in kinds(&one, &other, status).into_iter().zip(kinds("ONE", "OTHER", status)) {
            let (written, plain) = (Error::new(written), Error::new(plain));
            // The words may depend on what stands in a description.
            if written.code == plain.code && !one.contains('\u{1}') {
                let expected = plain.what.replace("OTHER", "\u{1}").replace("ONE", &one).replace('\u{1}', &other);
                prop_assert_eq!(&written.what, &expected);
            }
        }
    }

    #[test]
    fn a_place_that_is_known_stays(which: Index, status: u16, retry_after in prop::option::of(0..9u64)) {
        let mut kinds = kinds("", "", status);
        let kind = kinds.swap_remove(which.index(kinds.len()));
        let is_locked = matches!(&kind, ErrorKind::Refused(Refusal { reason: RefusalReason::BruteForceLock, .. }));
        let retry_after = retry_after.map(Duration::from_secs);
        let error = Error::new(kind).at("GET a").at("GET b").with_status(status).with_retry_after(retry_after);
        prop_assert_eq!(error.route.as_deref(), Some("GET a"));
        prop_assert_eq!(error.status, Some(status).filter(|status| *status != 0));
        prop_assert_eq!(error.retry_after, if is_locked { Some(Duration::from_secs(1800)) } else { retry_after });
        prop_assert!(error.message().starts_with("GET a: "));
        prop_assert!(error.retryable || status < 500);
    }
}
