//! The end of a log, and what is written to it from then on.

use futures_util::SinkExt;
use iced::futures::Stream;
use iced::futures::channel::mpsc;
use ninep::client::{Followed, From, Namespace};
use ninep::tree::OpenFlags;
use trees::subsystems::Event;

use crate::feed::Line;
use crate::subsystems::LogPart;

/// Bytes of a log's end that are read at first.
const END: u64 = 64 << 10;

/// Follows the log of a subsystem. Its `event` wakes; the lines are read from the log itself, from where
/// the last reading ended, so that none is shown twice or missed.
pub fn tail(namespace: Namespace, subsystem: String) -> impl Stream<Item = LogPart> {
    iced::stream::channel(4, async move |mut told: mpsc::Sender<LogPart>| {
        let path = format!("/subsystems/{subsystem}/log");
        let events = format!("/subsystems/{subsystem}/event");
        let mut follow = namespace.follow::<Line<Event>>(&events, From::Now);
        let mut place = None;
        while let Some(followed) = follow.next().await {
            match followed {
                Followed::Up | Followed::Lost => place = None,
                Followed::Event(Line {
                    event: Event::Log { .. },
                    ..
                }) => {}
                Followed::Event(_) | Followed::Down { .. } => continue,
            }
            // One that cannot be read now is read at the next line, or when the service is back.
            let Ok((anew, lines, end)) = read(&namespace, &path, place).await else {
                continue;
            };
            place = Some(end);
            let part = LogPart {
                subsystem: subsystem.clone(),
                anew,
                lines,
            };
            if (anew || !part.lines.is_empty()) && told.send(part).await.is_err() {
                return;
            }
        }
    })
}

/// Whole lines from `place`, or from near the end if there is none or the log has been cut since;
/// whether that begins anew; and where to go on.
async fn read(
    namespace: &Namespace,
    path: &str,
    place: Option<u64>,
) -> ninep::Result<(bool, Vec<String>, u64)> {
    let fid = namespace.fid(path).await?;
    let size = fid.getattr().await?.size;
    let (anew, from) = match place {
        Some(place) if place <= size => (false, place),
        _ => (true, size.saturating_sub(END)),
    };
    let bytes = fid
        .open(OpenFlags::RDONLY)
        .await?
        .read_to_end(from, None)
        .await?;
    // The last line may still be in the writing.
    let whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let text = String::from_utf8_lossy(&bytes[..whole]);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if anew && from > 0 && !lines.is_empty() {
        // Begun in the middle of a line.
        lines.remove(0);
    }
    Ok((anew, lines, from + whole as u64))
}
