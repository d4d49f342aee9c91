//! The conformance and attack probe: one row for each thing that a server can get wrong, run against our server in memory,
//! over a unix socket and over TCP. `diod_for_comparison` runs the same rows against Debian's diod and prints what it does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../common/mod.rs"]
mod common;
mod raw;
mod rows;
mod world;

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use futures_util::stream::{self, StreamExt};
use raw::Seen;
use world::{Kind, World};

/// What a row comes to in a world.
type Run<'a> = Pin<Box<dyn Future<Output = Seen> + 'a>>;

/// A row of the table.
struct Row {
    name: &'static str,
    run: for<'a> fn(&'a World) -> Run<'a>,
    /// What it is about. A file server has no `events`.
    area: &'static str,
}

/// Makes the table, and a test of each row over each transport.
macro_rules! table {
    ($($area:ident: $($row:ident)+;)+) => {
        const ROWS: &[Row] = &[$($(Row {
            name: stringify!($row),
            run: |world| Box::pin(rows::$area::$row(world)),
            area: stringify!($area),
        },)+)+];

        mod memory { $($(#[tokio::test] async fn $row() { super::hold(super::Kind::Memory, stringify!($row)).await; })+)+ }
        mod unix { $($(#[tokio::test] async fn $row() { super::hold(super::Kind::Unix, stringify!($row)).await; })+)+ }
        mod tcp { $($(#[tokio::test] async fn $row() { super::hold(super::Kind::Tcp, stringify!($row)).await; })+)+ }
    };
}

table! {
    session:
        attach_before_a_version_ends_the_connection
        a_frame_size_of_16_is_refused
        a_frame_size_of_4_gib_gets_the_servers_most
        an_unknown_version_is_called_unknown
        a_later_version_falls_back
        a_second_version_forgets_the_fids
        a_frame_shorter_than_its_head_ends_the_connection
        a_frame_of_4_gib_ends_the_connection
        a_frame_above_the_agreed_size_ends_the_connection
        an_answer_before_a_version_harms_nobody
        an_answer_after_the_attach_harms_nobody
        an_unknown_request_is_refused
        a_body_too_short_ends_the_connection
        a_body_too_long_ends_the_connection
        text_that_is_not_utf_8_is_refused
        auth_is_refused_with_an_error
        an_attach_with_an_afid_is_refused
        an_attach_to_a_strange_tree_is_refused
        an_attach_never_leads_above_the_tree
        an_attach_onto_a_used_fid_is_refused
        a_flush_of_an_unknown_tag_is_answered
        a_flush_of_itself_is_answered
        a_flush_of_what_is_answered_is_answered
        flushes_of_flushes_are_answered
        the_tag_of_a_version_is_no_tag_of_a_request
        requests_in_one_write_are_all_answered
        a_message_byte_by_byte_is_a_message
        a_connection_that_ends_inside_a_message_harms_nobody
        a_flood_of_bad_connections_harms_nobody;
    events:
        a_version_ends_reads_that_wait
        a_flushed_read_is_never_answered_and_its_tag_is_free
        a_tag_in_use_ends_the_connection
        a_flush_under_a_tag_in_use_ends_the_connection
        a_clunk_is_not_held_up_by_a_read_that_waits
        reads_that_wait_hold_up_nobody
        one_event_too_many_reads_is_refused_and_the_rest_goes_on
        synthetic_files_have_version_0
        events_that_fire_inside_a_half_message_break_nothing;
    fids:
        a_walk_onto_a_used_fid_is_refused
        a_walk_of_a_part_makes_no_fid
        a_walk_that_fails_at_once_is_an_error
        a_walk_of_no_names_makes_a_second_fid
        a_walk_onto_itself_moves_the_fid
        a_walk_from_an_open_fid_is_a_walk
        an_open_fid_does_not_move
        a_walk_of_17_names_is_refused
        a_walk_through_a_file_is_refused
        a_fid_is_opened_once
        what_is_not_open_is_not_read_or_written
        what_is_open_for_one_is_not_used_for_the_other
        a_remove_forgets_the_fid
        a_remove_that_fails_forgets_the_fid
        a_clunk_of_an_unknown_fid_is_only_an_error
        fids_have_a_limit
        a_fid_survives_the_rename_of_its_file
        a_removed_file_is_read_on;
    names:
        dot_dot_at_the_root_stays_there
        dot_dot_goes_up_by_one
        dot_dot_never_adds_up_to_an_escape
        a_name_with_slashes_is_refused
        a_name_with_a_nul_is_refused
        empty_names_and_dots_are_refused
        bad_names_are_refused_wherever_a_name_is_taken
        a_name_of_256_bytes_is_refused
        a_link_is_a_link_and_not_what_it_points_at
        a_link_is_not_walked_through
        a_link_made_by_a_client_leads_nowhere
        a_link_in_the_way_of_a_create_is_not_followed
        a_link_swapped_in_under_a_fid_leads_nowhere
        a_fifo_is_not_opened
        a_device_is_not_made;
    data:
        an_answer_never_exceeds_the_agreed_size
        a_read_of_4_gib_gives_one_frame
        a_write_that_says_4_gib_ends_the_connection
        a_read_beyond_the_end_is_empty
        a_write_at_the_end_of_all_numbers_is_refused
        the_unit_of_transfer_is_left_to_the_client
        a_folder_lists_every_name_once
        a_folder_is_listed_on_from_any_place
        a_listing_without_room_for_a_name_is_an_error
        a_folder_is_not_read_as_a_file
        an_unlink_through_an_open_folder_works
        a_folder_is_removed_only_when_empty_and_as_one
        a_sync_takes_its_flag
        appends_go_to_the_end
        an_exclusive_create_makes_a_file_once
        an_open_may_cut
        set_id_bits_go_at_a_write
        a_size_beyond_all_disks_is_refused
        attributes_are_those_of_the_file
        a_disk_has_a_size
        a_vast_extended_attribute_is_refused
        an_extended_attribute_that_is_not_there_makes_no_fid
        extended_attributes_are_kept
        a_lock_in_the_way_answers_at_once
        a_hard_link_is_a_second_name
        a_rename_replaces;
}

/// Runs one row against our server, and looks whether it still serves.
async fn hold(kind: Kind, name: &str) {
    let row = ROWS.iter().find(|row| row.name == name).unwrap();
    let world = World::start(kind).await;
    if let Err(seen) = (row.run)(&world).await {
        panic!("{name}: {seen}");
    }
    if let Err(seen) = world.serves().await {
        panic!("{name}: afterwards nobody is served: {seen}");
    }
}

/// What a row comes to with diod.
async fn with_diod(row: &Row) -> (&'static str, String) {
    if row.area == "events" {
        return (row.name, "has no such files".to_owned());
    }
    let world = World::start(Kind::Diod).await;
    let seen = (row.run)(&world)
        .await
        .map_or_else(|seen| seen, |()| "as ours".to_owned());
    let seen = seen.chars().take(150).collect();
    match world.serves().await {
        Ok(()) => (row.name, seen),
        Err(gone) => (row.name, format!("{seen}; and then: {gone}")),
    }
}

#[tokio::test]
async fn diod_for_comparison() {
    let all: Vec<_> = stream::iter(ROWS)
        .map(with_diod)
        .buffered(12)
        .collect()
        .await;
    for (name, seen) in &all {
        println!("{name:<65} {seen}");
    }
    let same = all.iter().filter(|(_, seen)| seen == "as ours").count();
    println!("diod does {same} of {} rows as ours", ROWS.len());
    let names: BTreeSet<_> = all.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), ROWS.len(), "each row has its own name");
}
