//! A metadata service that speaks version 2's token protocol, as strictly as EC2, and fails as a test wants it to.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::http::{Answer, Answers, Asked, Server};
use super::until::Shared;

/// The instance that it describes.
pub(crate) const INSTANCE: &str = "i-0f09e5bb081e72ae1";
/// Its role.
pub(crate) const ROLE: &str = "curfew-instance";

/// A running metadata service.
#[derive(Debug)]
pub(crate) struct Imds {
    server: Server,
    state: Arc<Shared<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Below `/latest/`.
    answers: BTreeMap<String, Answer>,
    /// For the next so many requests whose path has this in it.
    faults: Vec<(String, usize, Answer)>,
    tokens: Vec<String>,
    made: usize,
    /// Method and path.
    seen: Vec<String>,
}

impl Imds {
    /// Of an on-demand instance in us-east-1 with a role and without tags.
    pub(crate) fn start() -> Self {
        let state = Arc::new(Shared::new(State::default()));
        let imds = Self { server: Server::start(Arc::new(Door(state.clone()))), state };
        imds.say("dynamic/instance-identity/document", &document(INSTANCE));
        imds
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn connections(&self) -> usize {
        self.server.connections()
    }

    /// Sets what a path answers.
    pub(crate) fn say(&self, path: &str, text: &str) {
        self.state.change(|state| state.answers.insert(path.to_owned(), Answer::text(200, text)));
    }

    /// Lets a path be nothing.
    pub(crate) fn forget(&self, path: &str) {
        self.state.change(|state| state.answers.remove(path));
    }

    /// Gives the instance's role credentials.
    pub(crate) fn role(&self, access_key: &str, secret: &str, token: &str, expires: &str) {
        self.say("meta-data/iam/security-credentials/", ROLE);
        let credentials = format!(
            r#"{{"Code":"Success","LastUpdated":"2026-01-01T00:00:00Z","Type":"AWS-HMAC","AccessKeyId":"{access_key}",
            "SecretAccessKey":"{secret}","Token":"{token}","Expiration":"{expires}"}}"#
        );
        self.say(&format!("meta-data/iam/security-credentials/{ROLE}"), &credentials);
    }

    /// Announces an interruption of the instance.
    pub(crate) fn interrupt(&self, action: &str, time: &str) {
        self.say("meta-data/spot/instance-action", &format!(r#"{{"action":"{action}","time":"{time}"}}"#));
    }

    /// The next `times` requests whose path has this in it meet that.
    pub(crate) fn fail(&self, path: &str, times: usize, answer: Answer) {
        self.state.change(|state| state.faults.push((path.to_owned(), times, answer)));
    }

    /// Lets all tokens end.
    pub(crate) fn end_tokens(&self) {
        self.state.change(|state| state.tokens.clear());
    }

    /// "GET /latest/..." of all requests so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.state.look(|state| state.seen.clone())
    }

    /// How many tokens were asked for, successfully.
    pub(crate) fn tokens(&self) -> usize {
        self.state.look(|state| state.made)
    }
}

/// What EC2 says of an instance.
pub(crate) fn document(instance: &str) -> String {
    format!(
        r#"{{"accountId":"123456789012","architecture":"x86_64","availabilityZone":"us-east-1a","imageId":"ami-1",
        "instanceId":"{instance}","instanceType":"g5.xlarge","pendingTime":"2026-01-02T03:04:05Z","privateIp":"10.0.0.9",
        "region":"us-east-1","version":"2017-09-30","kernelId":null}}"#
    )
}

struct Door(Arc<Shared<State>>);

impl Answers for Door {
    fn answer(&self, asked: Asked) -> Answer {
        self.0.change(|state| state.answer(&asked))
    }
}

impl State {
    fn answer(&mut self, asked: &Asked) -> Answer {
        self.seen.push(format!("{} {}", asked.method, asked.target));
        if let Some((_, times, answer)) =
            self.faults.iter_mut().find(|(path, times, _)| *times > 0 && asked.target.contains(path.as_str()))
        {
            *times -= 1;
            return answer.clone();
        }
        if asked.header("x-forwarded-for").is_some() {
            return Answer::text(403, "");
        }
        match (asked.method.as_str(), asked.target.strip_prefix("/latest/")) {
            ("PUT", Some("api/token")) => self.token(asked),
            ("GET", Some(path)) => self.read(asked, path),
            _ => Answer::text(405, ""),
        }
    }

    fn token(&mut self, asked: &Asked) -> Answer {
        let lives = asked.header("x-aws-ec2-metadata-token-ttl-seconds").and_then(|lives| lives.parse().ok());
        if !lives.is_some_and(|lives: u32| (1..=21_600).contains(&lives)) {
            return Answer::text(400, "");
        }
        self.made += 1;
        let token = format!("AQAEAtoken-{}==", self.made);
        self.tokens.push(token.clone());
        Answer::text(200, token)
    }

    fn read(&self, asked: &Asked, path: &str) -> Answer {
        let token = asked.header("x-aws-ec2-metadata-token").unwrap_or_default();
        if !self.tokens.iter().any(|known| known == token) {
            return Answer::text(401, "<html>Unauthorized</html>");
        }
        self.answers.get(path).cloned().unwrap_or_else(|| Answer::text(404, "<html>Not Found</html>"))
    }
}
