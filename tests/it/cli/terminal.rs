//! What only a terminal gets: colour, columns, questions, progress; and pipes that close.

use std::time::Duration;

use anyhow::Result;
use curfew_tests::stand_in::{self, Launch, Options, StandIn, State};

use super::curfew::Home;

const OLD: Duration = Duration::from_secs(3 * 3600);

#[tokio::test]
async fn colour_is_for_terminals_that_want_it() -> Result<()> {
    let home = Home::bare()?;
    let (code, shown) = home.terminal("--demo check", 100)?.end().await?;
    assert_eq!((code, shown.contains("\x1b[1;31mCRITICAL | i-")), (4, true), "{shown}");
    let (_, shown) = home.with("NO_COLOR", "1").terminal("--demo check", 100)?.end().await?;
    assert!(shown.contains("CRITICAL | i-") && !shown.contains("\x1b[1;31m"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn the_table_fits_the_terminal() -> Result<()> {
    let home = Home::bare()?.with("NO_COLOR", "1");
    for (columns, market) in [(80, false), (140, true)] {
        let (code, shown) = home.terminal("--demo list", columns)?.end().await?;
        let table = shown.lines().filter(|line| line.contains("i-0") || line.starts_with("STATE"));
        let widest = table.map(|line| line.trim_end().chars().count()).max();
        assert!(widest <= Some(columns.into()), "{columns}: {shown}");
        assert_eq!((code, shown.contains("MARKET")), (0, market), "{columns}: {shown}");
    }
    Ok(())
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_nothing_with_an_error() -> Result<()> {
    let said = Home::bare()?.shell("curfew --demo list | head -n 1").await?;
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    let said = Home::bare()?.shell("curfew completions zsh >&-; echo $?").await?;
    assert!(!said.err.contains("panicked"), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn something_slow_shows_how_far_it_is() -> Result<()> {
    let delay = Duration::from_millis(1500);
    let aws = StandIn::start_with(Options { delay, strict_iam: false }).await?;
    let home = Home::of(&aws)?;
    let (code, shown) = home.terminal("check --regions us-east-1,eu-west-1", 80)?.end().await?;
    assert_eq!((code, shown.contains("\r\x1b[KAsking AWS")), (0, true), "{shown}");
    let (_, quick) = home.terminal("--demo check", 80)?.end().await?;
    assert!(!quick.contains("Asking AWS"), "{quick}");
    Ok(())
}

#[tokio::test]
async fn one_is_asked_for_and_no_is_no() -> Result<()> {
    let aws = StandIn::start().await?;
    let at = aws.launch(Launch::new("us-east-1", "g5.xlarge").name("train").launched_ago(OLD)).await?;
    let home = Home::of(&aws)?;
    let words = format!("terminate {} --region us-east-1", at.id);
    for (answer, code) in [("n", 1), ("", 1), ("y", 0)] {
        let mut screen = home.terminal(&words, 100)?;
        screen.until("Terminate it? [y/N]").await?;
        assert_eq!(aws.instance(&at).await?.state, State::Running, "{}", screen.shown());
        screen.type_line(answer)?;
        let (ended, shown) = screen.end().await?;
        assert_eq!(ended, code, "{answer:?}: {shown}");
        assert_eq!(shown.contains("Nothing was done."), code == 1, "{shown}");
    }
    aws.wait_for_state(&at, State::Terminated, Duration::from_secs(10)).await?;
    Ok(())
}

#[tokio::test]
async fn to_terminate_several_their_number_is_typed() -> Result<()> {
    let aws = StandIn::start().await?;
    let all = aws.fleet(&[Launch::new("us-east-1", "g5.xlarge").count(2).launched_ago(OLD)]).await?;
    let home = Home::of(&aws)?;
    let words = format!("terminate {} {} --region us-east-1", all[0].id, all[1].id);
    for (answer, code) in [("y", 1), ("2", 0)] {
        let mut screen = home.terminal(&words, 100)?;
        screen.until("Type 2 to terminate these 2 instances for good:").await?;
        assert!(screen.shown().contains("Together this saves $"), "{}", screen.shown());
        screen.type_line(answer)?;
        let (ended, shown) = screen.end().await?;
        assert_eq!(ended, code, "{answer:?}: {shown}");
    }
    for at in &all {
        aws.wait_for_state(at, State::Terminated, Duration::from_secs(10)).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_code_of_the_second_factor_is_asked_for_where_somebody_is() -> Result<()> {
    let aws = StandIn::start().await?;
    let role = format!("arn:aws:iam::{}:role/trainer", stand_in::ACCOUNT);
    aws.role_with_mfa(&role).await?;
    let device = "arn:aws:iam::123456789012:mfa/phone";
    let config = format!(
        "[[account]]\nname = \"work\"\nsource = \"environment\"\nassume_role = \"{role}\"\nmfa_serial = \"{device}\"\n"
    );
    let home = Home::of(&aws)?.configured(config)?;
    let said = home.run("check --regions us-east-1").await?;
    assert!(
        said.code == 121 && said.err.contains(&format!("account work: a code of {device} is needed")),
        "{said:?}"
    );
    let mut screen = home.terminal("check --regions us-east-1", 100)?;
    screen.until(&format!("Code of {device} for account work:")).await?;
    screen.type_line("000000")?;
    screen.until("AWS did not accept the code").await?;
    screen.type_line("123456")?;
    let (code, shown) = screen.end().await?;
    assert_eq!((code, shown.contains("Nothing needs attention.")), (0, true), "{shown}");
    Ok(())
}

#[tokio::test]
async fn a_key_is_typed_unseen() -> Result<()> {
    let aws = StandIn::start().await?;
    let home = Home::bare()?.with("AWS_ENDPOINT_URL", aws.url());
    let mut screen = home.terminal("credentials add personal", 100)?;
    screen.until("Access key id of personal (not shown):").await?;
    screen.type_line(stand_in::KEY.0)?;
    screen.until("Secret access key (not shown):").await?;
    screen.type_line("not-the-secret-of-this-key")?;
    let (code, shown) = screen.end().await?;
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("AWS does not accept these credentials"), "{shown}");
    assert!(!shown.contains(stand_in::KEY.0) && !shown.contains("not-the-secret"), "{shown}");
    Ok(())
}
