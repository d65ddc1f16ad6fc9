//! Real sockets in temporary folders.

use std::{io, path::Path, sync::Mutex};

use domain::Timestamp;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, net::UnixStream, sync::oneshot, task::JoinHandle};

use super::*;
use crate::{Client, WireFault};

/// More than any test takes; reached only when something hangs.
const BOUND: Duration = Duration::from_secs(20);

struct Tray {
    folder: TempDir,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Tray {
    fn start<F, Answering>(answer: F) -> Self
    where
        F: Fn(Ask) -> Answering + Send + Sync + 'static,
        Answering: Future<Output = Reply> + Send + 'static,
    {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = Listener::bind(&Address::in_folder(folder.path())).expect("nobody else is there");
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(listener.serve(async { stopped.await.unwrap_or_default() }, answer));
        Self { folder, stop, serving }
    }

    fn client(&self) -> Client {
        Client::new(Address::in_folder(self.folder.path()))
    }

    async fn raw(&self) -> UnixStream {
        UnixStream::connect(Address::in_folder(self.folder.path()).as_path()).await.expect("it listens")
    }

    async fn stop(self) {
        self.stop.send(()).expect("it serves");
        timeout(BOUND, self.serving).await.expect("it ends").expect("it does not panic");
    }
}

fn hello() -> Answer {
    Answer::Hello { version: "0.1.0".into(), pid: 7 }
}

fn polite() -> Tray {
    Tray::start(|_| async { hello().into() })
}

/// What a connection says after these bytes, when it does not wait for more.
async fn answer_to(tray: &Tray, bytes: &[u8]) -> Option<Answer> {
    let mut connection = tray.raw().await;
    // A server that has heard enough closes: what it said before that still arrives.
    let _cut_short = connection.write_all(bytes).await;
    let _cut_short = connection.shutdown().await;
    let mut lines = Lines::new(connection, MOST_ASKED);
    let line = timeout(BOUND, lines.next()).await.expect("it answers or closes").ok()?;
    Some(serde_json::from_slice(&line).expect("an answer"))
}

fn refusal(answer: Option<Answer>) -> String {
    let Some(Answer::Refused(problem)) = answer else { return format!("no refusal: {answer:?}") };
    problem.message
}

#[tokio::test]
async fn an_ask_gets_its_answer() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    let tray = Tray::start(move |ask| {
        heard.lock().expect("nobody panicked").push(ask);
        async { hello().into() }
    });
    assert_eq!(tray.client().ask(&Ask::Demo(true)).await.expect("an answer"), hello());
    assert_eq!(*asked.lock().expect("nobody panicked"), [Ask::Demo(true)]);
    tray.stop().await;
}

#[tokio::test]
async fn nobody_listens_is_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let client = Client::new(Address::in_folder(folder.path()));
    let fault = client.ask(&Ask::Hello).await.expect_err("nobody is there");
    assert!(matches!(fault, WireFault::NobodyListens), "{fault:?}");
    stale(folder.path());
    let fault = client.ask(&Ask::Hello).await.expect_err("nobody is there");
    assert!(matches!(fault, WireFault::NobodyListens), "{fault:?}");
}

/// A socket's file whose process is dead.
fn stale(folder: &Path) {
    let address = Address::in_folder(folder);
    drop(std::os::unix::net::UnixListener::bind(address.as_path()).expect("a socket"));
    assert!(address.as_path().exists());
}

#[tokio::test]
async fn a_second_tray_is_refused_and_the_first_goes_on() {
    let tray = polite();
    let fault = Listener::bind(&Address::in_folder(tray.folder.path())).expect_err("one is there");
    assert!(matches!(fault, BindFault::AlreadyRunning), "{fault:?}");
    assert_eq!(tray.client().ask(&Ask::Hello).await.expect("an answer"), hello());
    tray.stop().await;
}

#[tokio::test]
async fn of_many_started_at_once_one_gets_it() {
    let folder = tempfile::tempdir().expect("a folder");
    stale(folder.path());
    let address = Address::in_folder(folder.path());
    let start = || {
        let address = address.clone();
        tokio::task::spawn_blocking(move || Listener::bind(&address))
    };
    let starts: Vec<_> = (0..16).map(|_| start()).collect();
    let mut listeners = Vec::new();
    for start in starts {
        match start.await.expect("it does not panic") {
            Ok(listener) => listeners.push(listener),
            Err(fault) => assert!(matches!(fault, BindFault::AlreadyRunning), "{fault:?}"),
        }
    }
    assert_eq!(listeners.len(), 1);
}

#[tokio::test]
async fn what_a_dead_tray_left_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    stale(folder.path());
    let address = Address::in_folder(folder.path());
    let listener = Listener::bind(&address).expect("nobody alive is there");
    let serving = tokio::spawn(listener.serve(std::future::pending(), |_| async { hello().into() }));
    assert_eq!(Client::new(address).ask(&Ask::Hello).await.expect("an answer"), hello());
    serving.abort();
}

#[tokio::test]
async fn a_stopped_tray_leaves_nothing_behind() {
    let tray = polite();
    let (client, address) = (tray.client(), Address::in_folder(tray.folder.path()));
    tray.stop().await;
    assert!(!address.as_path().exists());
    assert!(matches!(client.ask(&Ask::Hello).await, Err(WireFault::NobodyListens)));
}

#[tokio::test]
async fn an_answer_under_way_is_finished() {
    let (began, begun) = oneshot::channel();
    let (go, gone) = oneshot::channel::<()>();
    let once = Mutex::new(Some((began, gone)));
    let tray = Tray::start(move |_| {
        let (began, gone) = once.lock().expect("nobody panicked").take().expect("one ask");
        async move {
            began.send(()).expect("the test waits");
            gone.await.expect("the test says when");
            Answer::Done.into()
        }
    });
    let client = tray.client();
    let asking = tokio::spawn(async move { client.ask(&Ask::Quit).await });
    begun.await.expect("the ask arrives");
    let stopping = tokio::spawn(tray.stop());
    go.send(()).expect("the answer waits");
    assert_eq!(asking.await.expect("it does not panic").expect("an answer"), Answer::Done);
    stopping.await.expect("it does not panic");
}

#[tokio::test]
async fn garbage_is_refused_with_a_sentence() {
    let tray = polite();
    let check = async |bytes: &[u8], part: &str| {
        let message = refusal(answer_to(&tray, bytes).await);
        assert!(message.contains(part), "{message}");
    };
    check(b"\n", "EOF").await;
    check(b"GET / HTTP/1.1\r\n\r\n", "expected value").await;
    check(b"\"Explode\"\n", "unknown variant").await;
    check(b"\xff\xfe\xfd\n", "expected value").await;
    check(b"\"Hel", "broke off in the middle").await;
    check(&[b'['; 4096], "broke off in the middle").await;
    check(&vec![b'['; 100_000].into_iter().chain([b'\n']).collect::<Vec<_>>(), "at line 1").await;
    check(&vec![b'x'; 2 << 20], "longer than 1 MiB").await;
    assert_eq!(answer_to(&tray, b"").await, None);
    assert_eq!(tray.client().ask(&Ask::Hello).await.expect("it goes on"), hello());
    tray.stop().await;
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_is_sent_away() {
    let tray = polite();
    let mut lines = Lines::new(tray.raw().await, MOST_ASKED);
    let line = lines.next().await.expect("a refusal");
    let message = refusal(serde_json::from_slice(&line).expect("an answer"));
    assert!(message.contains("within 5 s"), "{message}");
}

#[tokio::test]
async fn too_long_an_ask_does_not_leave() {
    let tray = polite();
    let ask = Ask::Edit(vec![domain::command::SettingsEdit::Warning("x".repeat(2 << 20))]);
    assert!(matches!(tray.client().ask(&ask).await, Err(WireFault::TooLong)));
}

/// A tray that hands the feed of each watch to the test.
fn streaming() -> (Tray, mpsc::UnboundedReceiver<Feed>) {
    let (give, feeds) = mpsc::unbounded_channel();
    let tray = Tray::start(move |_| {
        let (feed, reply) = feed();
        give.send(feed).expect("the test listens");
        async { reply }
    });
    (tray, feeds)
}

#[tokio::test]
async fn a_watch_sees_what_is_pushed_and_then_the_end() {
    let (tray, mut feeds) = streaming();
    let mut watch = tray.client().watch().await.expect("a tray");
    let feed = feeds.recv().await.expect("a feed");
    for _ in 0..3 {
        feed.push(Answer::Raise).expect("there is room");
        assert_eq!(watch.next().await.expect("an answer").expect("whole"), Answer::Raise);
    }
    drop(feed);
    assert!(watch.next().await.is_none());
}

#[tokio::test]
async fn a_reader_that_leaves_is_noticed() {
    let (tray, mut feeds) = streaming();
    let watch = tray.client().watch().await.expect("a tray");
    let feed = feeds.recv().await.expect("a feed");
    feed.push(Answer::Raise).expect("there is room");
    drop(watch);
    timeout(BOUND, feed.closed()).await.expect("the feed is told");
    assert_eq!(feed.push(Answer::Raise), Err(Ended));
    tray.stop().await;
}

#[tokio::test]
async fn a_slow_reader_holds_nobody_up() {
    let (tray, mut feeds) = streaming();
    let mut slow = tray.client().watch().await.expect("a tray");
    let feed = feeds.recv().await.expect("a feed");
    let big = Answer::Fleet {
        fleet: Box::new(domain::Fleet {
            troubles: vec![Problem::new("big", "x".repeat(100_000), "")],
            ..domain::Fleet::empty(Timestamp::UNIX_EPOCH)
        }),
        now: Timestamp::UNIX_EPOCH,
    };
    // Nothing here waits: pushing goes on until the queue is full, which it must be some day.
    let pushed = (0..1000).take_while(|_| feed.push(big.clone()).is_ok()).count();
    assert!((MOST_WAITING..1000).contains(&pushed), "{pushed}");
    drop(feed);
    let mut seen = 0;
    while let Some(answer) = timeout(BOUND, slow.next()).await.expect("it comes or ends") {
        assert_eq!(answer.expect("whole"), big);
        seen += 1;
    }
    assert_eq!(seen, pushed, "what was taken arrives whole, then the stream ends");
    tray.stop().await;
}

#[tokio::test]
async fn a_tray_that_dies_breaks_the_watch() {
    let (tray, mut feeds) = streaming();
    let mut watch = tray.client().watch().await.expect("a tray");
    let _feed = feeds.recv().await.expect("a feed");
    tray.serving.abort();
    let end = timeout(BOUND, watch.next()).await.expect("it ends");
    assert!(matches!(end, None | Some(Err(WireFault::Broken(_)))), "{end:?}");
}

#[tokio::test]
async fn half_an_answer_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = Address::in_folder(folder.path());
    let listener = tokio::net::UnixListener::bind(address.as_path()).expect("a socket");
    let asking = tokio::spawn(async move { Client::new(address).ask(&Ask::Hello).await });
    let (mut connection, _) = listener.accept().await.expect("a client");
    connection.write_all(b"{\"Hello\":").await.expect("it reads");
    drop(connection);
    let fault = asking.await.expect("it does not panic").expect_err("it is torn");
    let torn = |error: &io::Error| {
        matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
    };
    assert!(matches!(&fault, WireFault::Broken(error) if torn(error)), "{fault:?}");
}

#[tokio::test(start_paused = true)]
async fn a_tray_that_hangs_is_given_up() {
    let tray = Tray::start(|_| std::future::pending());
    assert!(matches!(tray.client().ask(&Ask::Hello).await, Err(WireFault::TimedOut)));
}

#[tokio::test]
async fn a_long_folder_works() {
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("with space").join("x".repeat(120));
    let address = Address::in_folder(&folder);
    let listener = Listener::bind(&address).expect("nobody else is there");
    let serving = tokio::spawn(listener.serve(std::future::pending(), |_| async { hello().into() }));
    assert_eq!(Client::new(address).ask(&Ask::Hello).await.expect("an answer"), hello());
    serving.abort();
}

#[tokio::test]
async fn the_socket_is_the_users_alone() {
    use std::os::unix::fs::MetadataExt;
    let tray = polite();
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").mode() & 0o777;
    assert_eq!(mode(Address::in_folder(tray.folder.path()).as_path()), 0o600);
    assert_eq!(mode(tray.folder.path()), 0o700);
    tray.stop().await;
}
