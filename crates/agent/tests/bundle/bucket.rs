//! What a machine finds on its network: one object in S3, and the metadata service with a role's keys.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

use crate::signature::Keys;

/// The instance's role.
const KEYS: Keys = Keys { id: "ASIAEXAMPLE", secret: "a/secret+of/the+role", token: "a-token==" };

const METADATA_TOKEN: &str = "metadata-token";

/// How S3 answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// To the presigned URL.
    Giving,
    /// Expired: only to the role.
    Expired,
    /// The role may not either.
    Forbidding,
    /// There is no such object.
    Empty,
    /// It takes the request and says nothing.
    Hanging,
}

/// One request, with names of headers in lower case.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
}

/// S3 and the metadata service.
#[derive(Clone)]
pub(crate) struct Bucket {
    mood: Mood,
    object: Arc<[u8]>,
    heard: Arc<(Mutex<Vec<String>>, Condvar)>,
}

struct Answer(u16, Vec<u8>);

impl Bucket {
    pub(crate) fn new(mood: Mood, object: &str) -> Self {
        Self { mood, object: object.as_bytes().into(), heard: Arc::default() }
    }

    /// What S3 was asked, in a line each.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until S3 was asked for anything.
    pub(crate) fn wait_until_heard(&self, bound: Duration) {
        let (heard, news) = &*self.heard;
        let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = news.wait_timeout_while(heard, bound, |heard| heard.is_empty());
        assert!(
            !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out(),
            "S3 was not asked within {bound:?}"
        );
    }

    /// Answers there, for as long as there are the machine's addresses.
    pub(crate) fn open(&self, s3: TcpListener, metadata_service: TcpListener) {
        self.listen(s3, Self::s3);
        self.listen(metadata_service, |_, request| metadata(request));
    }

    fn listen(&self, listener: TcpListener, answer: fn(&Self, &Request) -> Option<Answer>) {
        let bucket = self.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let bucket = bucket.clone();
                thread::spawn(move || bucket.talk(stream, answer));
            }
        });
    }

    fn talk(&self, mut stream: TcpStream, answer: fn(&Self, &Request) -> Option<Answer>) {
        let Some(request) = Request::read(&stream) else { return };
        match answer(self, &request) {
            Some(Answer(code, body)) => {
                let head = format!(
                    "HTTP/1.1 {code} As Asked\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                // A machine that is gone does not listen.
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
            }
            None => {
                let _ = stream.read(&mut [0]);
            }
        }
    }

    fn s3(&self, request: &Request) -> Option<Answer> {
        let presigned = request.query.contains("X-Amz-Signature=");
        let signed = KEYS.refuse(request);
        let by = if presigned { "by its URL".into() } else { format!("by the role: {signed:?}") };
        let line = format!("{} {} {by}", request.method, request.path);
        self.heard.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        self.heard.1.notify_all();
        let given = Answer(200, self.object.to_vec());
        match self.mood {
            Mood::Giving if presigned => Some(given),
            Mood::Expired if !presigned && signed.is_ok() => Some(given),
            Mood::Giving | Mood::Expired | Mood::Forbidding => Some(Answer(403, b"<Error/>".into())),
            Mood::Empty => Some(Answer(404, b"<Error/>".into())),
            Mood::Hanging => None,
        }
    }
}

/// As the EC2 user guide describes IMDSv2.
fn metadata(request: &Request) -> Option<Answer> {
    let known = request.header("x-aws-ec2-metadata-token") == Some(METADATA_TOKEN);
    let answer = match (request.method.as_str(), request.path.as_str()) {
        ("PUT", "/latest/api/token") => {
            let seconds =
                request.header("x-aws-ec2-metadata-token-ttl-seconds").and_then(|it| it.parse().ok());
            let good = seconds.is_some_and(|seconds: u32| (1..=21600).contains(&seconds));
            if good { Answer(200, METADATA_TOKEN.into()) } else { Answer(400, Vec::new()) }
        }
        ("GET", _) if !known => Answer(401, Vec::new()),
        ("GET", "/latest/meta-data/iam/security-credentials/") => Answer(200, b"curfew-instance".into()),
        ("GET", "/latest/meta-data/iam/security-credentials/curfew-instance") => {
            let Keys { id, secret, token } = KEYS;
            let json = format!(
                r#"{{"Code": "Success", "AccessKeyId": "{id}", "SecretAccessKey": "{secret}", "Token": "{token}"}}"#
            );
            Answer(200, json.into())
        }
        _ => Answer(404, Vec::new()),
    };
    Some(answer)
}

impl Request {
    fn read(stream: &TcpStream) -> Option<Self> {
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        let first = lines.next()?;
        let mut words = first.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = lines
            .take_while(|line| !line.is_empty())
            .filter_map(|line| {
                line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            })
            .collect();
        Some(Self { method, path: path.to_owned(), query: query.to_owned(), headers })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
