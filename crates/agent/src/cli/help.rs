//! The help of the command line: what each command does, how it is asked, an example, and what its exit code says.

pub(super) const ALL: &str = "\
Curfew's agent: runs the work on an instance and sees to it that the machine ends with it.

Usage: curfew-agent COMMAND [OPTIONS]

Commands:
  up          The service: does what agent.toml says, from the first boot to the power-off
  run         Wraps any command: a hard time limit, and then the end of the machine
  status      What this machine's run is doing
  idle        Whether anybody or anything uses this machine
  preflight   Whether this machine is fit for the work of agent.toml
  checkpoint  Saves a checkpoint to the bucket now
  restore     Puts the newest checkpoint in place

Options:
  --config FILE   agent.toml, for all but run and status [default: /etc/curfew/agent.toml]
  --help          This text; after a command, more about it
  --version       The version

Examples:
  curfew-agent run --max-runtime 4h --then terminate -- python train.py
  curfew-agent idle --explain

Exit codes: 0 done, 1 failed, 64 wrong usage, 78 agent.toml is faulty; run has those of its command.
";

pub(super) const UP: &str = "\
The service: takes the environment's lock, makes the machine ready, runs the work, saves what it leaves, and powers
the machine off; at the latest after limits.max_runtime, counted over reboots. systemd runs it; on SIGTERM it saves
what there is and leaves the machine up.

Usage: curfew-agent up [--config FILE]

  --config FILE   What to do [default: /etc/curfew/agent.toml], for example:

[limits]
max_runtime = \"4h\"                 # the machine is off by then, whatever happens
on_end = \"terminate\"               # or \"stop\"
[run]
environment = \"dev\"                # one run at a time in each
bucket = \"my-bucket\"               # state, results, logs and checkpoints
setup = \"pip install -r requirements.txt\"
command = \"python train.py\"        # without one, the machine ends when nobody uses it
[[run.data]]
from = \"s3://my-bucket/data/\"
to = \"/data\"
[[run.results]]
from = \"/data/output\"
to = \"models/\"
every = \"10m\"
[checkpoint]
job_id = \"train-001\"
command = \"kill -USR1 $(cat /run/train.pid)\"

Exit codes: 0 told to end, 1 the agent cannot work here, 78 agent.toml is faulty (every fault is told at once).
";

pub(super) const RUN: &str = "\
Runs a command and sees to it that it ends; then, if asked, the machine.

Usage: curfew-agent run [--max-runtime TIME] [--then terminate|stop|nothing] -- COMMAND...

  --max-runtime TIME   It is ended after this time: SIGTERM, and 30 s later SIGKILL [default: 4h]
  --then WHAT          What becomes of the machine then: terminate (shutdown, then the EC2 API, then by force),
                       stop, or nothing [default: nothing]

  curfew-agent run --max-runtime 4h --then terminate -- python train.py --epochs 15

With terminate and stop the machine goes down however the command ends: well, badly, by a signal, or by the
limit. What `shutdown` does to the instance is the instance's shutdown behaviour; set it to terminate to be rid
of it.

Exit codes: those of the command; 128 and the number of the signal that ended it; 127 if it could not be started.
";

pub(super) const STATUS: &str = "\
Tells which run this machine has, in which phase it is, and for how long it has been going on.

Usage: curfew-agent status [--help]

Phases: initialization (preflight, repository, setup), data_sync (data and checkpoint down), training (the
command), results_sync, cleanup; failed and killed on the way to the end.

Exit codes: 0 there is a run, 1 none has begun on this machine.
";

pub(super) const IDLE: &str = "\
Looks once whether anybody or anything uses this machine.

Usage: curfew-agent idle [--once] [--explain] [--config FILE]

  --explain       Every signal with its value, and whether it keeps the machine up
  --config FILE   The rules are its [idle] [default: /etc/curfew/agent.toml; without one, the default rules]

What cannot be read counts as use. The service ends the machine after two idle looks, a minute apart, unless
[idle] says otherwise.

Exit codes: 0 idle, 1 in use.
";

pub(super) const PREFLIGHT: &str = "\
Looks whether this machine is fit for the work: driver and devices, disk, Python and its modules, as [preflight]
of agent.toml wants them. Each is told with what was found. Changes nothing.

Usage: curfew-agent preflight [--config FILE]

  --config FILE   What is wanted [default: /etc/curfew/agent.toml]

Exit codes: 0 it is, 1 it is not, 78 agent.toml is faulty.
";

pub(super) const CHECKPOINT: &str = "\
Saves a checkpoint to the bucket now: runs checkpoint.command, if there is one, for at most checkpoint.deadline,
and uploads what has changed in checkpoint.directory. The run goes on.

Usage: curfew-agent checkpoint [--config FILE]

  --config FILE   Its [checkpoint] says what and where to [default: /etc/curfew/agent.toml]

The command ends with 0 when all is well, with 10 when it could not reach the work, with 11 when the work
reported an error.

Exit codes: 0 it is whole in the bucket, 1 it is not, 78 agent.toml is faulty.
";

pub(super) const RESTORE: &str = "\
Puts the newest whole checkpoint of the job in place: from the bucket, or, when that cannot be reached, what lies
on this machine. Every file is verified, and what is there is replaced at once or not at all.

Usage: curfew-agent restore [--config FILE]

  --config FILE   Its [checkpoint] says of which job and where to [default: /etc/curfew/agent.toml]

Exit codes: 0 in place, or there is none yet; 1 there may be one, but it could not be put in place; 78 agent.toml
is faulty.
";
