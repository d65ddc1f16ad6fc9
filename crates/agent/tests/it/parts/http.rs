//! A small HTTP/1.1 server on loopback, a thread for every connection: what the parts that answer have in common.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use super::until::{BOUND, Shared};

/// What was asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// With the query.
    pub(crate) target: String,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether this is in the target, the body, or a header as `name: value`.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.target.contains(text)
            || self.headers.iter().any(|(name, value)| format!("{name}: {value}").contains(text))
            || String::from_utf8_lossy(&self.body).contains(text)
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Head and body, as they should be.
    Whole { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// The same, but only so much of the body, and then the end of the connection.
    Cut { status: u16, headers: Vec<(String, String)>, body: Vec<u8>, after: usize },
    /// These bytes and the end of the connection.
    Raw(Vec<u8>),
    /// Nothing, until the server ends or the hang is lifted.
    Hang,
    /// The end of the connection.
    Close,
}

impl Answer {
    pub(crate) fn text(status: u16, body: impl Into<String>) -> Self {
        Self::Whole { status, headers: Vec::new(), body: body.into().into_bytes() }
    }
}

/// Decides on answers.
pub(crate) trait Answers: Send + Sync + 'static {
    /// What is answered before the body was read; none: read it, and ask [`Answers::answer`].
    fn early(&self, _: &Asked) -> Option<Answer> {
        None
    }

    fn answer(&self, asked: Asked) -> Answer;
}

/// A running server; dropping it ends it and all its connections.
#[derive(Debug)]
pub(crate) struct Server {
    at: SocketAddr,
    open: Arc<Shared<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    ended: bool,
    connections: Vec<TcpStream>,
    /// Since the start.
    accepted: usize,
}

impl Server {
    pub(crate) fn start(answers: Arc<dyn Answers>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (at, open) = (listener.local_addr().unwrap(), Arc::new(Shared::new(Open::default())));
        let shared = open.clone();
        thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                if shared.look(|open| open.ended) {
                    break;
                }
                let (answers, shared) = (answers.clone(), shared.clone());
                let copy = connection.try_clone().unwrap();
                shared.change(|open| {
                    open.accepted += 1;
                    open.connections.push(copy);
                });
                thread::spawn(move || serve(connection, &*answers, &shared));
            }
        });
        Self { at, open }
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// How many connections were made since the start.
    pub(crate) fn connections(&self) -> usize {
        self.open.look(|open| open.accepted)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.open.change(|open| {
            open.ended = true;
            for connection in &open.connections {
                let _ = connection.shutdown(Shutdown::Both);
            }
        });
        // Wakes the listener, which then sees that it is over.
        drop(TcpStream::connect(self.at));
    }
}

/// Answers what comes over one connection, until one side ends it. Whatever fails is the other side's doing.
fn serve(connection: TcpStream, answers: &dyn Answers, open: &Shared<Open>) {
    let _ = connection.set_nodelay(true);
    let _ = connection.set_read_timeout(Some(BOUND));
    let Ok(copy) = connection.try_clone() else { return };
    let (mut reader, mut writer) = (BufReader::with_capacity(64 * 1024, copy), &connection);
    while let Ok(Some(mut asked)) = head(&mut reader) {
        let len = asked.header("content-length").and_then(|len| len.parse().ok()).unwrap_or(0);
        let answer = match answers.early(&asked) {
            // As S3 does: what was announced is not waited for, and there is no telling where the next request begins.
            Some(answer) if asked.header("expect").is_some() => {
                let _ = send(&mut writer, answer, open);
                break;
            }
            Some(answer) => {
                if io::copy(&mut (&mut reader).take(len), &mut io::sink()).is_err() {
                    break;
                }
                answer
            }
            None => {
                if asked.header("expect").is_some()
                    && writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_err()
                {
                    break;
                }
                let read = (&mut reader).take(len).read_to_end(&mut asked.body);
                if read.is_err() || asked.body.len() as u64 != len {
                    break;
                }
                let is_head = asked.method == "HEAD";
                let answer = answers.answer(asked);
                if is_head { without_body(answer) } else { answer }
            }
        };
        if !matches!(send(&mut writer, answer, open), Ok(true)) {
            break;
        }
    }
    let _ = connection.shutdown(Shutdown::Both);
}

fn head(reader: &mut impl BufRead) -> io::Result<Option<Asked>> {
    let mut asked = Asked::default();
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_ascii_whitespace();
    asked.method = words.next().unwrap_or_default().to_owned();
    asked.target = words.next().unwrap_or_default().to_owned();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { return Ok(Some(asked)) };
        asked.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

/// An answer to HEAD has the length of what GET would send.
fn without_body(answer: Answer) -> Answer {
    match answer {
        Answer::Whole { status, headers, body } => Answer::Raw(written_head(status, &headers, body.len())),
        other => other,
    }
}

fn written_head(status: u16, headers: &[(String, String)], len: usize) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Said\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
        text.push_str(&format!("content-length: {len}\r\n"));
    }
    (text + "\r\n").into_bytes()
}

/// Says whether the connection may go on.
fn send(writer: &mut impl Write, answer: Answer, open: &Shared<Open>) -> io::Result<bool> {
    match answer {
        Answer::Whole { status, headers, body } => {
            let mut bytes = written_head(status, &headers, body.len());
            bytes.extend_from_slice(&body);
            writer.write_all(&bytes).map(|()| true)
        }
        Answer::Cut { status, headers, body, after } => {
            writer.write_all(&written_head(status, &headers, body.len()))?;
            writer.write_all(&body[..after.min(body.len())]).map(|()| false)
        }
        Answer::Raw(bytes) => writer.write_all(&bytes).map(|()| false),
        Answer::Hang => {
            open.wait("the end of a hanging connection", |open| open.ended);
            Ok(false)
        }
        Answer::Close => Ok(false),
    }
}
