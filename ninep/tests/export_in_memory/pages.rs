//! Large reads over sockets, whose bytes are not copied by the server.

use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use ninep::Errno;
use ninep::client::{Client, RemoteFile};
use ninep::export::Budget;
use ninep::server::Server;
use ninep::transport::{tcp, unix};
use ninep::tree::{File, OpenFlags, Pages, Peer};
use ninep::wire::{NO_FID, NO_TAG, NO_UID, Tmsg, VERSION_L};
use proptest::prelude::*;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;

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

/// The file of a fixture, opened without a server.
async fn opened(it: &Fixture) -> Arc<dyn File> {
    std::fs::write(it.at("file"), content()).unwrap();
    it.open("file", OpenFlags::RDONLY).await.unwrap()
}

#[test]
fn pages_are_taken_up_where_that_is_worth_it_and_end_where_the_file_ends() {
    let it = Fixture::with(Budget::new(1000));
    let file = runtime().block_on(opened(&it));
    let taken = |from: usize, count: u32| {
        let pages = file.pages(&it.peer, from as u64, count);
        pages.map(|pages| pages.len())
    };
    assert_eq!(taken(0, 1 << 20), Some(1 << 20));
    assert_eq!(taken(SIZE - 40_000, 1 << 18), Some(40_000));
    assert_eq!(taken(SIZE, 1 << 18), Some(0));
    assert_eq!(taken(5, 100_000), Some(100_000));
    assert_eq!(taken(0, 4096), None, "a copy costs less");
    assert_eq!(
        taken(5, 1 << 20),
        None,
        "it lies on a page more than a pipe holds"
    );
    assert_eq!(taken(usize::MAX, 1 << 18), None, "no file is so long");
}

#[test]
fn there_are_few_pipes_and_each_comes_back() {
    let taken = |descriptors: usize| {
        let it = Fixture::with(Budget::new(descriptors));
        let file = runtime().block_on(opened(&it));
        let take = || file.pages(&it.peer, 0, 1 << 16);
        let all = || std::iter::from_fn(take).take(100).collect::<Vec<Pages>>();
        let count = all().len();
        // They went with what nobody was sent in them.
        assert_eq!(all().len(), count);
        count
    };
    assert_eq!([63, 64, 1000].map(taken), [0, 1, 8]);
}

#[test]
fn who_takes_no_pages_is_given_up_after_a_while() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Time passes when nothing else does.
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let it = Fixture::new();
        std::fs::write(it.at("file"), content()).unwrap();
        let (ours, mut client) = UnixStream::pair().unwrap();
        let (reader, writer) = unix::split(ours).unwrap();
        let server = Server::new(it.export.root());
        let read = Tmsg::Read {
            fid: 1,
            offset: 0,
            count: 1 << 20,
        };
        let requests = [
            (
                NO_TAG,
                Tmsg::Version {
                    msize: 2 << 20,
                    version: VERSION_L.into(),
                },
            ),
            (
                1,
                Tmsg::Attach {
                    fid: 0,
                    afid: NO_FID,
                    uname: "ann".into(),
                    aname: "".into(),
                    n_uname: NO_UID,
                },
            ),
            (
                1,
                Tmsg::Walk {
                    fid: 0,
                    newfid: 1,
                    names: vec!["file".into()],
                },
            ),
            (1, Tmsg::Lopen { fid: 1, flags: 0 }),
            (1, read),
        ];
        for (tag, request) in requests {
            client
                .write_all(&request.encode(tag).to_vec())
                .await
                .unwrap();
        }
        let ended = server.connection(reader, writer, Peer::default()).await;
        assert_eq!(ended.unwrap_err().errno(), Errno::TIMEDOUT);
    });
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
