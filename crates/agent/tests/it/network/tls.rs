//! TLS: to a server that a private authority vouches for, and to one that nobody does.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use agent::io::http::{Fault, Http, Wait};
use agent::io::machine::Root;
use agent::io::tls::Roots;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use ureq::http::Request;

use crate::parts::until::BOUND;

/// Answers three requests over each connection, with how many handshakes there were.
fn serve(listener: &TcpListener, config: &Arc<ServerConfig>) {
    for (number, connection) in listener.incoming().map_while(Result::ok).enumerate() {
        let config = config.clone();
        thread::spawn(move || answer(connection, config, number + 1));
    }
}

fn answer(connection: TcpStream, config: Arc<ServerConfig>, number: usize) {
    connection.set_read_timeout(Some(BOUND)).unwrap();
    let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), connection);
    let mut buffer = [0; 4096];
    while matches!(stream.read(&mut buffer), Ok(1..)) {
        let body = number.to_string();
        if write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).is_err() {
            return;
        }
    }
}

/// A server for `localhost`; its authority's certificate goes to `ca`.
fn start(ca: &Path) -> u16 {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    std::fs::write(ca, authority.self_signed(&authority_key).unwrap().pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let certificate =
        CertificateParams::new(vec!["localhost".into()]).unwrap().signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || serve(&listener, &Arc::new(config)));
    port
}

fn get(http: &Http, url: &str) -> Result<String, Fault> {
    let wait = Wait { connect: BOUND, idle: BOUND, total: BOUND };
    let mut answer = http.send(Request::get(url).body(()).unwrap(), None, wait)?;
    Ok(String::from_utf8(answer.bytes(100)?).unwrap())
}

fn trusting(ca: &Path) -> Http {
    let ca = ca.display().to_string();
    Http::direct(Roots::find(&Root::real(), move |name| (name == "AWS_CA_BUNDLE").then(|| ca.clone())))
}

#[test]
fn a_private_authority_is_trusted_when_it_is_named_and_its_connection_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let port = start(&ca);
    let http = trusting(&ca);
    for _ in 0..3 {
        assert_eq!(get(&http, &format!("https://localhost:{port}/")).unwrap(), "1");
    }
    let wrong_name = get(&http, &format!("https://127.0.0.1:{port}/")).unwrap_err();
    assert!(matches!(&wrong_name, Fault::Tls(why) if why.contains("not valid for name")), "{wrong_name:?}");
}

#[test]
fn a_stranger_is_not_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (folder.path().join("ours"), folder.path().join("theirs"));
    let port = start(&theirs);
    start(&ours);
    let fault = get(&trusting(&ours), &format!("https://localhost:{port}/")).unwrap_err();
    assert!(matches!(&fault, Fault::Tls(why) if why.contains("invalid peer certificate")), "{fault:?}");
    let fault =
        get(&trusting(&folder.path().join("none")), &format!("https://localhost:{port}/")).unwrap_err();
    assert!(matches!(&fault, Fault::Tls(why) if why.contains("ca-certificates")), "{fault:?}");
}
