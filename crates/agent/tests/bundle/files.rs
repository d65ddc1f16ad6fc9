//! The files themselves, without a machine.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use protocol::{
    UserData,
    userdata::{Architecture, Download},
};
use tempfile::TempDir;

fn bundle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bundle/agent")
}

/// A script as it would be sent, in a file.
fn script() -> (TempDir, PathBuf) {
    let download = |name| Download {
        url: format!("https://my-bucket.s3.us-east-2.amazonaws.com/agent/{name}?X-Amz-Expires=900"),
        region: "us-east-2".into(),
        sha256: "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9".into(),
    };
    let data = UserData {
        agent_toml: "[run]\nenvironment = \"dev\"\ncommand = '''echo \"it's $HOME\" `date` \\'''\n".into(),
        downloads: [Architecture::X86_64, Architecture::Aarch64]
            .map(|it| (it, download(it.machine())))
            .into(),
        grace: Duration::from_secs(300),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("user-data.sh");
    fs::write(&path, data.render().expect("a script")).expect("written");
    (folder, path)
}

/// It has nothing to say, on either stream, and ends with 0.
fn is_silent(program: &str, arguments: &[&str], file: &Path) {
    let Output { status, stdout, stderr } = Command::new(program)
        .args(arguments)
        .arg(file)
        .output()
        .expect("shellcheck, dash, python3 and systemd are installed");
    let said = String::from_utf8_lossy(&stdout) + String::from_utf8_lossy(&stderr);
    assert!(status.success() && said.is_empty(), "{program} {}: {status}\n{said}", file.display());
}

#[test]
fn shellcheck_has_nothing_to_say() {
    let (_folder, rendered) = script();
    is_silent("shellcheck", &[], &rendered);
    for name in ["bundle/boot.sh", "bundle/machine.sh", "vm/agent.sh", "vm/init.sh", "vm/kernel.sh"] {
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
        is_silent("shellcheck", &[], &ours);
    }
}

#[test]
fn every_shell_can_read_the_script() {
    let (_folder, rendered) = script();
    for shell in ["dash", "bash", "sh"] {
        is_silent(shell, &["-n"], &rendered);
    }
    is_silent("bash", &["--posix", "-n"], &rendered);
}

#[test]
fn the_signing_is_python_as_old_as_amazon_linuxs() {
    let (folder, rendered) = script();
    let script = fs::read_to_string(rendered).expect("the script");
    let python =
        script.split("END_OF_PYTHON").nth(1).and_then(|it| it.split_once('\n')).expect("a program").1;
    let path = folder.path().join("fetch.py");
    fs::write(&path, python).expect("written");
    // Amazon Linux 2023 has 3.9.
    let check = "import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 9))";
    is_silent("python3", &["-c", check], &path);
}

/// The program that a unit starts must be there for systemd to be content.
#[test]
fn systemd_has_nothing_to_say_about_the_units() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for name in ["curfew-agent.service", "curfew-power-off@.service"] {
        let unit = fs::read_to_string(bundle().join(name)).expect("the unit");
        let unit = unit.replace("/usr/local/bin/curfew-agent", "/bin/true");
        fs::write(root.join(name), unit).expect("written");
    }
    is_silent("systemd-analyze", &["verify"], &root.join("curfew-agent.service"));
    fs::rename(root.join("curfew-power-off@.service"), root.join("curfew-power-off@300s.service"))
        .expect("renamed");
    is_silent("systemd-analyze", &["verify"], &root.join("curfew-power-off@300s.service"));
}
