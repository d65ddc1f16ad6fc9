//! A `config.toml`, folders and words that are wrong: everything at once, with its line, and nothing is overwritten.

use std::fs;

use anyhow::Result;
use curfew_tests::stand_in::StandIn;

use super::curfew::Home;

const FIVE_FAULTS: &str = "\
[poll]
interval = \"5s\"
regoins = [\"us-east-1\"]

[alert]
warning = \"8h\"

[[account]]
name = \"my account\"
source = \"vault\"
";

#[tokio::test]
async fn five_faults_are_told_at_once() -> Result<()> {
    let home = Home::bare()?.configured(FIVE_FAULTS)?;
    let said = home.run("check").await?;
    assert_eq!((said.code, said.out.as_str()), (122, ""), "{said:?}");
    let file = home.config_file().display().to_string();
    for (line, text) in [
        (2, "poll.interval: `5s` is out of bounds"),
        (3, "poll.regoins:"),
        (6, "alert.warning: comes after `critical`"),
        (9, "account[1].name: `my account` is not an account's name"),
        (10, "account[1].source: `vault` is none of"),
    ] {
        let expect = format!("curfew: {file}:{line}: {text}");
        assert!(said.err.contains(&expect), "no {expect:?} in {}", said.err);
    }
    assert!(said.err.contains("did you mean") || said.err.contains("`regions`"), "{}", said.err);
    for words in ["list", "stop i-1a2b3c4d --yes", "credentials list", "credentials remove x --yes"] {
        assert_eq!(home.run(words).await?.code, 2, "{words}");
    }
    assert_eq!(fs::read_to_string(home.config_file())?, FIVE_FAULTS, "it is left alone");
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_text_or_cannot_be_read() -> Result<()> {
    let home = Home::bare()?.configured(b"[poll]\ninterval = \"\xff\"\n")?;
    let said = home.run("check").await?;
    assert!(said.code == 122 && said.err.contains("config.toml:2: the file is not UTF-8 text"), "{said:?}");
    fs::remove_file(home.config_file())?;
    // A folder in its place cannot be read by anybody, root included.
    fs::create_dir(home.config_file())?;
    let said = home.run("check").await?;
    assert!(
        said.code == 122 && said.err.contains("cannot read ") && said.err.contains("config.toml"),
        "{said:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_data_folder_that_takes_nothing_holds_back_no_answer() -> Result<()> {
    let aws = StandIn::start().await?;
    let home = Home::of(&aws)?.with("CURFEW_DATA_DIR", "/dev/null/data");
    let said = home.run("check --regions us-east-1").await?;
    assert_eq!((said.code, said.out.contains("Nothing needs attention.")), (0, true), "{said:?}");
    assert!(said.err.contains("/dev/null/data"), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn a_wrong_command_has_the_exit_code_of_its_command() -> Result<()> {
    let home = Home::bare()?;
    let check = async |words: &str, code: i32| -> Result<()> {
        let said = home.run(words).await?;
        assert_eq!((said.code, said.out.as_str()), (code, ""), "{words}: {said:?}");
        assert!(!said.err.is_empty(), "{words}");
        Ok(())
    };
    check("check --nonsense", 122).await?;
    check("--demo check --warn 2", 122).await?;
    check("--demo check --warn 8h", 122).await?;
    check("list --nonsense", 2).await?;
    check("launch nightly", 2).await?;
    check("stop", 2).await?;
    check("--demo stop one two", 2).await?;
    check("", 2).await
}

#[tokio::test]
async fn help_teaches_and_completions_complete() -> Result<()> {
    let home = Home::bare()?;
    let said = home.run("check --help").await?;
    assert_eq!(said.code, 0);
    for text in ["Exit codes:", "120 ", "121 ", "122 ", "Examples:", "crontab"] {
        assert!(said.out.contains(text), "{text}: {}", said.out);
    }
    assert!(home.run("--version").await?.out.starts_with("curfew "));
    for (shell, text) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef curfew"),
        ("fish", "complete -c curfew"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let said = home.run(&format!("completions {shell}")).await?;
        assert!(said.code == 0 && said.out.contains(text), "{shell}: {said:?}");
        assert!(!said.out.contains("stop-all"), "commands that are not there yet");
    }
    Ok(())
}
