//! Checkpoints, results and data by way of a real bucket in a folder: whole behaviours, and every fault that touches files.

mod data;
mod faults;
mod parts;
mod restoring;
mod saving;
