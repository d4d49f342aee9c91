//! Large reads over sockets, whose bytes are not copied by the server.

use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use ninep::client::{Client, RemoteFile};
use ninep::server::Server;
use ninep::transport::{tcp, unix};
use ninep::tree::OpenFlags;
use proptest::prelude::*;

use crate::fixture::Fixture;

/// Two reads of a megabyte, and an end that is no end of a page.
const SIZE: usize = (2 << 20) + 12_345;

/// Bytes that tell where they are from.
fn content() -> Vec<u8> {
    (0..SIZE).map(|at| (at / 7 % 251) as u8).collect()
}

/// A served file, and the addresses of its servers.
struct Served {
    it: Fixture,
    addresses: Vec<String>,
    servers: Vec<tokio::task::JoinHandle<()>>,
}

impl Served {
    async fn new() -> Self {
        let it = Fixture::new();
        std::fs::write(it.at("file"), content()).unwrap();
        let server = Server::new(it.export.root());
        let on_unix = unix::Listener::bind(&it.outside("socket")).unwrap();
        let on_tcp = tcp::Listener::bind("127.0.0.1", 0).await.unwrap();
        let addresses = vec![on_unix.to_string(), on_tcp.to_string()];
        let same = server.clone();
        let servers = vec![
            tokio::spawn(async move { server.serve(on_unix).await }),
            tokio::spawn(async move { same.serve(on_tcp).await }),
        ];
        Self {
            it,
            addresses,
            servers,
        }
    }

    async fn open(address: &str) -> RemoteFile {
        let client = Client::dial(&address.parse().unwrap()).await.unwrap();
        let root = client.attach("ann", "").await.unwrap();
        let file = root.walk("file").await.unwrap();
        file.open(OpenFlags::RDONLY).await.unwrap()
    }

    async fn open_all(&self) -> Vec<RemoteFile> {
        join_all(self.addresses.iter().map(|address| Self::open(address))).await
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn reads_of_any_place_and_length_that_are_under_way_together_give_the_files_bytes() {
    let runtime = runtime();
    let served = runtime.block_on(Served::new());
    let files = runtime.block_on(served.open_all());
    let all = content();
    let reads = prop::collection::vec((0..SIZE + 9000, 0..(1_usize << 20) + 9000), 1..24);
    proptest!(ProptestConfig::with_cases(40), |(reads in reads)| {
        for file in &files {
            let most = file.fid().client().io_size() as usize;
            let got = runtime.block_on(join_all(
                reads.iter().map(|(from, count)| file.read_at(*from as u64, *count as u32)),
            ));
            for ((from, count), got) in reads.iter().zip(got) {
                let got = got.unwrap();
                let from = (*from).min(SIZE);
                let to = from.saturating_add((*count).min(most)).min(SIZE);
                prop_assert!(got == all[from..to], "{} bytes from {from}", got.len());
            }
        }
    });
}

#[test]
fn a_file_that_is_cut_and_grown_meanwhile_tears_no_frame() {
    let runtime = runtime();
    let served = runtime.block_on(Served::new());
    let files = runtime.block_on(served.open_all());
    let over = Arc::new(AtomicBool::new(false));
    let path = served.it.at("file");
    let changing = std::thread::spawn({
        let over = Arc::clone(&over);
        move || {
            let file = std::fs::File::options().write(true).open(path).unwrap();
            while !over.load(Ordering::Relaxed) {
                file.set_len(70_000).unwrap();
                file.write_all_at(&content(), 0).unwrap();
            }
        }
    });
    let all = content();
    for _ in 0..30 {
        for file in &files {
            let got = runtime.block_on(join_all((0..8_u64).map(|part| {
                let from = part * 200_000;
                async move { (from as usize, file.read_at(from, 300_000).await.unwrap()) }
            })));
            for (from, got) in got {
                let fits = |(at, byte): (usize, &u8)| *byte == all[from + at] || *byte == 0;
                assert!(got.iter().enumerate().all(fits), "foreign bytes at {from}");
            }
        }
    }
    over.store(true, Ordering::Relaxed);
    changing.join().unwrap();
    for file in &files {
        let got = runtime.block_on(file.read_at(0, 1 << 20)).unwrap();
        assert!(got == all[..1 << 20]);
    }
}

#[test]
fn clients_that_leave_with_answers_unread_leave_the_pipes_to_others() {
    let runtime = runtime();
    let served = runtime.block_on(Served::new());
    let all = content();
    runtime.block_on(async {
        for _ in 0..20 {
            for file in served.open_all().await {
                let asked = join_all((0..16).map(|_| file.read_at(0, 1 << 20)));
                // The first answer is under way; the others never get there.
                let first = file.read_at(1 << 20, 1 << 20);
                tokio::select! {
                    got = first => assert!(got.unwrap() == all[1 << 20..2 << 20]),
                    _ = asked => {}
                }
            }
        }
        for file in served.open_all().await {
            assert!(file.read_at(5, 1 << 20).await.unwrap() == all[5..(1 << 20) + 5]);
        }
    });
}
