//! A metadata service as a quiet spot instance sees it: a token for everybody, an identity, no notice. Both that are measured
//! ask the same one; what it costs is not theirs.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use anyhow::Result;

const IDENTITY: &str = r#"{"accountId":"123456789012","architecture":"x86_64","availabilityZone":"us-east-1a",
    "imageId":"ami-1","instanceId":"i-0f09e5bb081e72ae1","instanceType":"g5.xlarge","region":"us-east-1"}"#;

/// Starts it, for as long as this program lives, and says where it is.
pub(super) fn start() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // One that goes away in the middle has been answered enough.
            thread::spawn(move || serve(&stream).ok());
        }
    });
    Ok(url)
}

fn serve(stream: &TcpStream) -> Result<()> {
    let mut lines = BufReader::new(stream).lines();
    while let Some(first) = lines.next() {
        let first = first?;
        for line in lines.by_ref() {
            if line?.is_empty() {
                break;
            }
        }
        let (status, body) = answer(&first);
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
        let mut stream = stream;
        stream.write_all((head + body).as_bytes())?;
    }
    Ok(())
}

fn answer(request: &str) -> (&'static str, &'static str) {
    let mut words = request.split_whitespace();
    match (words.next(), words.next()) {
        (Some("PUT"), Some("/latest/api/token")) => ("200 OK", "AQAEAtoken=="),
        (Some("GET"), Some("/latest/dynamic/instance-identity/document")) => ("200 OK", IDENTITY),
        _ => ("404 Not Found", ""),
    }
}
