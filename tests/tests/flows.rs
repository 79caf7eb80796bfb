//! The programs of the product driven as a person drives them, against simulated clouds; restic and the truth judge.

mod adoption;
mod agent;
mod bad_clouds;
mod bad_feeds;
mod bad_networks;
mod bad_storage;
mod box_connection;
mod box_job;
mod company;
mod disks;
mod kills;
mod large_items;
mod main_job;
mod real_files;
mod storage;
mod usage;
