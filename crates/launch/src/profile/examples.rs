//! The worked examples that come with the program: a profile for each kind of run.

/// The worked examples that come with the program, by name.
pub const EXAMPLES: [(&str, &str); 5] = [
    ("checkpointing-spot", include_str!("../../../../bundle/profiles/checkpointing-spot.toml")),
    ("fleet", include_str!("../../../../bundle/profiles/fleet.toml")),
    ("g5-training", include_str!("../../../../bundle/profiles/g5-training.toml")),
    ("s3-tracked", include_str!("../../../../bundle/profiles/s3-tracked.toml")),
    ("trainium-dev", include_str!("../../../../bundle/profiles/trainium-dev.toml")),
];
