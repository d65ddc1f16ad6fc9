//! The agent as it is shipped on a machine with systemd: fetched by its user data from S3, and then left to its work.

use std::{
    fs, io,
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, SystemTime},
};

use agent::io::{clock, sign::encode_query};
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign},
    sign::v4::SigningParams,
};
use protocol::{
    UserData,
    userdata::{Architecture, Download},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    instance,
    machine::{BOUND, Booted, End, Machine, S3},
    parts::{
        bucket::{self, BUCKET},
        imds::Imds,
        stand_in::{KEY, REGION, StandIn},
        until,
    },
    program,
    signature::hexadecimal,
};

const OBJECT: &str = "agents/curfew-agent";

#[test]
fn it_is_fetched_by_a_presigned_url_works_and_takes_the_machine_down() {
    let cloud = Cloud::start();
    let machine = cloud.machine();
    let booted = cloud.boot(&machine);
    cloud.reaches("training");
    booted.run(&["touch", "/root/go-on"]);
    let (end, console) = booted.wait();
    assert_eq!(end, End::PoweredOff);
    assert!(console.contains("The agent is installed and guards this machine."), "{console}");
    assert_eq!(cloud.found("/models/model.bin"), Some(b"weights".to_vec()));
    let training: Value = serde_json::from_slice(&cloud.found("/training.json").unwrap()).unwrap();
    assert_eq!((&training["cause"], &training["outcome"]["code"]), (&"itself".into(), &0.into()));
    assert_eq!(cloud.state(), None, "the environment is free");
    // In the log that the bucket has, what the command printed in the control group that the agent made for it.
    let output = String::from_utf8(cloud.found("/logs/output.log").unwrap()).unwrap();
    assert!(output.contains("curfew-agent.service/work"), "{output}");
}

#[test]
fn killed_it_is_started_again_and_told_to_end_it_saves_and_leaves_the_run_open() {
    let cloud = Cloud::start();
    let machine = cloud.machine();
    let booted = cloud.boot(&machine);
    cloud.reaches("training");
    let first = cloud.state().unwrap()["pid"].clone();
    booted.run(&["systemctl", "kill", "--kill-whom=main", "--signal=KILL", "curfew-agent.service"]);
    until::holds(BOUND, || cloud.state().is_some_and(|it| it["status"] == "training" && it["pid"] != first))
        .expect("the work is begun again");
    until::holds(BOUND, || machine.read("/root/begun") == "begun\nbegun\n")
        .expect("once more, and not twice");
    assert_eq!(
        booted.run(&["pgrep", "--count", "--full", "^sleep infinity"]),
        "1",
        "nothing is left of the first"
    );
    booted.run(&["systemctl", "--no-block", "poweroff"]);
    assert_eq!(booted.wait().0, End::PoweredOff);
    assert_eq!(cloud.found("/models/model.bin"), Some(b"weights".to_vec()));
    assert_eq!(cloud.state().unwrap()["status"], "training", "after a reboot the run goes on");
}

/// AWS, with an agent in the bucket.
struct Cloud {
    stand_in: StandIn,
    imds: Imds,
    agent: Vec<u8>,
}

impl Cloud {
    fn start() -> Self {
        let stand_in = StandIn::start();
        bucket::make(&stand_in);
        let agent = fs::read(program::shipped()).expect("it is built");
        bucket::put(stand_in.url(), OBJECT, &agent);
        Self { imds: instance::launch(&stand_in), stand_in, agent }
    }

    /// A machine whose work waits, in a process of its own.
    fn machine(&self) -> Machine {
        let command = "printf weights >/root/out/model.bin; cat /proc/self/cgroup
            sleep infinity & echo begun >>/root/begun; until [ -e /root/go-on ]; do sleep 0.1; done; kill $!";
        let config = format!(
            "[limits]\nmax_runtime = \"10m\"\n[preflight]\ndisk_gib = 1\n[run]\nenvironment = \"dev\"\nbucket = \"{BUCKET}\"\n\
             workdir = \"/root\"\nsetup = \"mkdir -p out\"\ncommand = '''{command}'''\n\
             [[run.results]]\nfrom = \"/root/out\"\nto = \"models/\"\n"
        );
        let download = Download {
            url: presigned(&format!("http://{S3}/{BUCKET}/{OBJECT}")),
            region: REGION.into(),
            sha256: hexadecimal(&Sha256::digest(&self.agent)),
        };
        let data = UserData {
            agent_toml: config,
            downloads: [Architecture::X86_64, Architecture::Aarch64].map(|it| (it, download.clone())).into(),
            grace: Duration::from_secs(5),
        };
        let machine = Machine::new(&data.render().expect("a script"));
        let drop_in = machine.path("/etc/systemd/system/curfew-agent.service.d");
        fs::create_dir_all(&drop_in).expect("a folder");
        let endpoint = format!("[Service]\nEnvironment=AWS_ENDPOINT_URL=http://{S3}\n");
        fs::write(drop_in.join("endpoint.conf"), endpoint).expect("written");
        machine
    }

    fn boot<'a>(&self, machine: &'a Machine) -> Booted<'a> {
        machine.boot_with(|s3, metadata| {
            forward(s3, self.stand_in.url());
            forward(metadata, &self.imds.url());
        })
    }

    fn found(&self, end: &str) -> Option<Vec<u8>> {
        bucket::find(self.stand_in.url(), "dev/", end)
    }

    fn state(&self) -> Option<Value> {
        let bytes = self.found("dev/system-state.json")?;
        serde_json::from_slice(&bytes).ok()
    }

    fn reaches(&self, phase: &str) {
        until::holds(BOUND, || self.state().is_some_and(|it| it["status"] == phase)).expect(phase);
    }
}

/// For a quarter of an hour.
fn presigned(url: &str) -> String {
    let identity = Credentials::new(KEY.0, KEY.1, None, None, "test").into();
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(900));
    let at: SystemTime = clock::now().wall.into();
    let params =
        SigningParams::builder().identity(&identity).region(REGION).name("s3").time(at).settings(settings);
    let request =
        SignableRequest::new("GET", url, std::iter::empty(), SignableBody::UnsignedPayload).unwrap();
    let (signed, _) = sign(request, &params.build().unwrap().into()).unwrap().into_parts();
    let query: Vec<(&str, &str)> =
        signed.params().iter().map(|(name, value)| (*name, value.as_ref())).collect();
    format!("{url}?{}", encode_query(&query))
}

/// Every connection to a service on this computer.
fn forward(from: TcpListener, to: &str) {
    let to = to.trim_start_matches("http://").to_owned();
    thread::spawn(move || {
        for near in from.incoming().map_while(Result::ok) {
            let Ok(far) = TcpStream::connect(&to) else { return };
            let (Ok(near_too), Ok(far_too)) = (near.try_clone(), far.try_clone()) else { return };
            thread::spawn(move || pass(near, far));
            thread::spawn(move || pass(far_too, near_too));
        }
    });
}

/// Until one side has had enough.
fn pass(mut from: TcpStream, mut to: TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(std::net::Shutdown::Write);
}
