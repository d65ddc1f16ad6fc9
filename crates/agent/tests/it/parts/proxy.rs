//! Between the agent and a service: passes everything on, but for what a test wants to go wrong.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use super::http::{Answer, Answers, Asked, Server};
use super::until::{BOUND, Shared};

/// A fault, and which requests meet it.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    method: Option<&'static str>,
    /// See [`Asked::has`].
    with: String,
    times: usize,
    fault: Fault,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// That answer, and the request does not reach the service. The body is not even read.
    Say(Answer),
    /// The service's answer without this and what follows of its body.
    CutAfter(usize),
    /// The service does what it was asked, and nobody learns of it.
    Lose,
}

impl Rule {
    /// For all requests that have this text in them.
    pub(crate) fn of(with: &str, fault: Fault) -> Self {
        Self { method: None, with: with.to_owned(), times: usize::MAX, fault }
    }

    pub(crate) fn method(self, method: &'static str) -> Self {
        Self { method: Some(method), ..self }
    }

    pub(crate) fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    fn is_for(&self, asked: &Asked) -> bool {
        self.method.is_none_or(|method| method == asked.method) && asked.has(&self.with)
    }
}

/// S3's way of saying no.
pub(crate) fn s3_error(status: u16, code: &str) -> Answer {
    Answer::text(
        status,
        format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>Said so.</Message></Error>"),
    )
}

/// A running proxy.
#[derive(Debug)]
pub(crate) struct Proxy {
    server: Server,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    /// `127.0.0.1:PORT`.
    upstream: String,
    rules: Shared<Vec<Rule>>,
    seen: Shared<Vec<Asked>>,
}

impl Proxy {
    /// In front of `upstream`, `http://127.0.0.1:PORT`.
    pub(crate) fn to(upstream: &str) -> Self {
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let state = Arc::new(State { upstream, rules: Shared::default(), seen: Shared::default() });
        Self { server: Server::start(state.clone()), state }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn connections(&self) -> usize {
        self.server.connections()
    }

    /// From now on; the first rule that fits counts.
    pub(crate) fn add(&self, rule: Rule) {
        self.state.rules.change(|rules| rules.push(rule));
    }

    /// The rules for this text are over.
    pub(crate) fn lift(&self, with: &str) {
        self.state.rules.change(|rules| rules.retain(|rule| rule.with != with));
    }

    pub(crate) fn clear(&self) {
        self.state.rules.change(Vec::clear);
    }

    /// All requests so far, those that met a fault among them.
    pub(crate) fn seen(&self) -> Vec<Asked> {
        self.state.seen.look(Clone::clone)
    }

    /// Waits until as many requests as that had this text in them.
    pub(crate) fn wait_for(&self, with: &str, count: usize) {
        let enough = |seen: &Vec<Asked>| seen.iter().filter(|asked| asked.has(with)).count() >= count;
        self.state.seen.wait(&format!("{count} requests with {with}"), enough);
    }
}

impl State {
    fn take(&self, asked: &Asked, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        self.rules.change(|rules| {
            let rule = rules.iter_mut().find(|rule| rule.times > 0 && rule.is_for(asked))?;
            if !wanted(&rule.fault) {
                return None;
            }
            rule.times -= 1;
            Some(rule.fault.clone())
        })
    }

    fn pass(&self, asked: &Asked) -> std::io::Result<Answer> {
        let mut upstream = TcpStream::connect(&self.upstream)?;
        upstream.set_read_timeout(Some(BOUND))?;
        let mut head = format!("{} {} HTTP/1.1\r\n", asked.method, asked.target);
        for (name, value) in asked.headers.iter().filter(|(name, _)| name != "connection" && name != "expect")
        {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        upstream.write_all((head + "connection: close\r\n\r\n").as_bytes())?;
        upstream.write_all(&asked.body)?;
        let mut reader = BufReader::new(upstream);
        let (mut line, mut headers) = (String::new(), Vec::new());
        reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(599);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut body = Vec::new();
        reader.read_to_end(&mut body)?;
        // What belongs to that connection and not to the next.
        headers.retain(|(name, _)| {
            name != "connection"
                && name != "transfer-encoding"
                && (asked.method == "HEAD" || name != "content-length")
        });
        Ok(Answer::Whole { status, headers, body })
    }
}

impl Answers for State {
    fn early(&self, asked: &Asked) -> Option<Answer> {
        let Fault::Say(answer) = self.take(asked, |fault| matches!(fault, Fault::Say(_)))? else {
            return None;
        };
        self.seen.change(|seen| seen.push(asked.clone()));
        Some(answer)
    }

    fn answer(&self, asked: Asked) -> Answer {
        self.seen.change(|seen| {
            seen.push(Asked { body: asked.body.iter().copied().take(4096).collect(), ..asked.clone() })
        });
        let fault = self.take(&asked, |_| true);
        let passed = self.pass(&asked).unwrap_or(Answer::Close);
        match (fault, passed) {
            (Some(Fault::Say(answer)), _) => answer,
            (Some(Fault::Lose), _) => Answer::Close,
            (Some(Fault::CutAfter(after)), Answer::Whole { status, headers, body }) => {
                Answer::Cut { status, headers, body, after }
            }
            (_, passed) => passed,
        }
    }
}
