//! Every fault that the agent is held against, and the tests that live it. "Down" is: the power-off was asked for within
//! its bound, and what of results and log could be saved is in S3. Lives of the real program wherever there can be one;
//! a bucket in a folder where a fault must strike at one call among thousands; a simulation for what takes hours.

use std::{fs, path::Path};

/// What goes wrong, and the tests that live it, as `file::test` below this crate; or `file::life`, where one test lives many.
const TABLE: &[(&str, &[&str])] = &[
    // Faults of the command.
    (
        "it ends with 0, another code, by a signal; leaves children",
        &[
            "tests/it/lives.rs::however_the_command_ends_results_are_saved_and_the_machine_goes",
            "tests/supervise.rs::children_that_are_left_behind_do_not_hide_the_end",
            "tests/supervise.rs::nothing_escapes_from_a_cgroup",
        ],
    ),
    (
        "it is killed for want of memory",
        &[
            "tests/vm/shipped_agent.rs::memory_that_runs_out_is_told_apart_from_a_kill",
            "tests/supervise.rs::the_kernels_kill_for_want_of_memory_is_told_apart",
        ],
    ),
    (
        "it hangs past the limit; ignores SIGTERM",
        &[
            "tests/it/lives.rs::the_limit_ends_what_does_not_end",
            "tests/supervise.rs::who_ignores_sigterm_is_killed",
            "src/core/tests.rs::a_command_that_cannot_be_killed_does_not_hold_the_machine",
        ],
    ),
    // Faults of S3.
    (
        "S3 is down at the start, in the middle, at the end",
        &["tests/it/lives/outages.rs::a_bucket_that_is_away_for_a_while_gets_everything"],
    ),
    (
        "S3 is down for ever, from the start or later",
        &[
            "tests/it/lives/outages.rs::a_bucket_that_is_away_for_ever_holds_no_machine",
            "tests/it/lives.rs::a_bucket_that_never_takes_the_results_holds_the_machine_only_so_long",
        ],
    ),
    (
        "S3 says 403, 404, 409, 412, 503, slow-down",
        &[
            "tests/it/lives/outages.rs::a_bucket_that_says_no_is_understood",
            "tests/it/lives/outages.rs::an_environment_is_taken_over_from_the_silent_and_given_up_to_whom_took_it",
            "tests/it/lives.rs::a_bucket_that_fails_does_not_hold_the_machine",
            "tests/it/network/s3_faults.rs::a_refusal_that_stays_is_not_tried_again",
            "tests/it/network/s3_faults.rs::what_passes_is_tried_again_until_it_works",
            "tests/sync/faults.rs::a_bucket_that_comes_back_gets_it_all",
        ],
    ),
    (
        "S3 cuts a body",
        &[
            "tests/it/lives/outages.rs::a_bucket_that_says_no_is_understood",
            "tests/it/network/s3_faults.rs::a_body_that_was_cut_is_seen_and_fetched_again",
            "tests/sync/faults.rs::a_body_that_is_cut_once_is_fetched_again",
        ],
    ),
    // Faults of the machine and its surroundings.
    ("there is no IMDS: not on EC2", &["tests/it/lives.rs::off_ec2_the_work_is_done_and_the_machine_stays"]),
    (
        "IMDS hangs",
        &[
            "tests/it/lives/outages.rs::a_metadata_service_that_never_answers_keeps_no_instance_up",
            "tests/it/network/imds.rs::a_hang_is_bounded_by_the_deadline",
        ],
    ),
    (
        "IMDS flaps",
        &[
            "tests/it/lives.rs::a_metadata_service_that_flaps_still_brings_the_notice",
            "tests/it/network/imds.rs::throttling_garbage_and_flapping_pass",
        ],
    ),
    (
        "the clock jumps an hour",
        &[
            "tests/vm/shipped_agent.rs::a_wall_clock_that_is_set_changes_no_limit_and_no_deadline",
            "src/decide/limit.rs::a_jump_of_the_wall_clock_changes_nothing",
            "tests/it/network/calls.rs::a_clock_an_hour_off_does_not_keep_an_instance_alive",
        ],
    ),
    (
        "the disk is full",
        &[
            "tests/vm/shipped_agent.rs::a_full_disk_costs_what_is_not_written_and_no_more",
            "tests/sync/faults.rs::a_disk_that_is_full_leaves_the_old_files",
        ],
    ),
    (
        "the agent is killed in any phase, and started again",
        &[
            "tests/it/lives/killed.rs::an_agent_that_is_killed_in_any_phase_brings_the_run_to_its_end",
            "tests/it/lives/killed.rs::an_agent_that_is_killed_before_its_first_phase_does_not_begin_the_limit_anew",
            "tests/it/lives/killed.rs::an_agent_that_is_killed_under_every_try_gives_the_run_up",
            "tests/bundle/lives.rs::an_agent_that_crashes_once_is_started_again_and_keeps_the_machine_up",
            "tests/bundle/lives.rs::an_agent_that_keeps_crashing_leaves_no_machine_behind",
        ],
    ),
    // EC2's notice.
    ("a notice in any phase", &["tests/it/lives/interrupted.rs::a_notice_in_any_phase_saves_what_is_there"]),
    (
        "two notices",
        &[
            "tests/it/lives/interrupted.rs::a_notice_that_makes_no_sense_is_taken_for_the_worst_and_a_second_changes_nothing",
            "src/core/tests.rs::the_second_notice_changes_nothing",
        ],
    ),
    (
        "a notice and SIGTERM together",
        &["tests/it/lives.rs::a_notice_and_a_signal_together_still_leave_a_checkpoint"],
    ),
    (
        "the checkpoint command hangs, exits 10, exits 11",
        &["tests/it/lives.rs::a_checkpoint_command_that_fails_or_hangs_still_leaves_what_is_there"],
    ),
    (
        "the checkpoint command writes nothing",
        &[
            "tests/it/lives/interrupted.rs::a_checkpoint_command_that_writes_nothing_is_said_and_holds_nothing_up",
        ],
    ),
    // What is in the bucket.
    (
        "no checkpoint in S3",
        &[
            "tests/it/lives.rs::the_next_instance_goes_on_from_the_checkpoint",
            "tests/sync/restoring.rs::an_empty_bucket_has_none_and_the_directory_stays",
        ],
    ),
    (
        "the newest checkpoint has no manifest; is corrupt",
        &[
            "tests/it/lives.rs::a_checkpoint_without_a_manifest_or_with_a_wrong_one_is_passed_over",
            "tests/sync/restoring.rs::a_folder_without_a_manifest_is_no_checkpoint",
            "tests/sync/restoring.rs::a_corrupt_one_is_said_and_the_one_before_is_taken",
            "tests/sync/restoring.rs::an_object_that_is_not_what_the_manifest_says_makes_it_corrupt",
        ],
    ),
    ("two jobs interleaved", &["tests/sync/restoring.rs::jobs_are_never_mixed"]),
    (
        "a second run in the same environment",
        &["tests/it/lives.rs::a_second_run_in_the_same_environment_is_refused"],
    ),
    (
        "a lock left by a dead instance",
        &[
            "tests/it/lives/outages.rs::an_environment_is_taken_over_from_the_silent_and_given_up_to_whom_took_it",
            "tests/it/lives.rs::a_lock_whose_instance_is_gone_is_taken_over_and_a_live_one_is_not",
        ],
    ),
    // The end of the machine.
    (
        "the power-off fails once, twice",
        &[
            "tests/vm/shipped_agent.rs::a_power_off_that_fails_is_followed_by_one_that_works",
            "tests/it/lives.rs::a_power_off_that_fails_is_followed_by_the_next",
        ],
    ),
    (
        "any of these at random, in 1,000 lives",
        &["src/core/tests/lives.rs::in_every_life_the_machine_is_down_in_time_and_never_under_a_person"],
    ),
    // Bad input.
    (
        "agent.toml is missing, half-written, has five faults; a negative or absurd duration",
        &[
            "tests/it/lives/input.rs::a_faulty_configuration_is_told_whole",
            "tests/bundle/lives.rs::an_agent_that_refuses_its_configuration_leaves_no_machine_behind",
        ],
    ),
    (
        "a bucket that does not exist, or lies in another region",
        &[
            "tests/it/lives/outages.rs::a_bucket_that_says_no_is_understood",
            "tests/sync/faults.rs::what_cannot_be_mended_is_not_tried_again",
        ],
    ),
    (
        "a name with a newline, an emoji, 255 or 300 bytes; loops of links; files of 0 bytes and of 40 GiB",
        &[
            "tests/it/lives/input.rs::names_loops_and_files_without_end_cost_no_other_file",
            "tests/it/lives/input.rs::an_object_that_can_be_no_file_ends_the_run_before_it_costs_anything",
            "tests/it/network/sync.rs::a_checkpoint_goes_there_and_back_with_every_name_and_size",
            "tests/sync/saving.rs::every_name_is_saved_and_restored",
            "tests/sync/saving.rs::a_large_sparse_file_is_streamed",
        ],
    ),
    (
        "IMDS announces an unknown action, or a time that is none",
        &[
            "tests/it/lives/interrupted.rs::a_notice_that_makes_no_sense_is_taken_for_the_worst_and_a_second_changes_nothing",
            "tests/it/network/imds.rs::notices_lifecycle_and_tags_are_read",
        ],
    ),
];

#[test]
fn every_fault_has_a_test_that_lives_it() {
    for (fault, tests) in TABLE {
        assert!(!tests.is_empty(), "nobody lives {fault:?}");
        for test in *tests {
            let (file, name) = test.split_once("::").expect("file::test");
            let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
            let text = text.unwrap_or_else(|error| panic!("{fault:?}: {file}: {error}"));
            let is_test = |text: &str| {
                let before = text.split_once(&format!("fn {name}()")).map_or("", |(before, _)| before);
                before.rsplit("\n\n").next().is_some_and(|marks| marks.contains("#[test]"))
            };
            let is_lived = text.contains(&format!("fn {name}(cloud: &Cloud)"))
                && text.contains(&format!("\n        {name},\n"));
            assert!(is_test(&text) || is_lived, "{fault:?}: {file} has no test {name}");
        }
    }
}
