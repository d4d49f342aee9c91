//! Pictures of outputs and windows. Drawn here, written as PNG on a thread of their own.

use ninep::Errno;
use ninep::tree::ctl::Refusal;

use super::{Reply, gone};
use crate::goblin::Goblin;
use crate::layout::WindowId;
use crate::render::{CaptureError, Subject, encode_png};

type Answer = Reply<Result<Vec<u8>, Refusal>>;

impl Goblin {
    pub(super) fn output_picture(&mut self, name: &str, reply: Answer) {
        let id = self.output_named(name).map(|output| output.id);
        let Some(id) = id else {
            return drop(reply.send(Err(gone(format_args!("output {name:?}")))));
        };
        self.picture(reply, Subject::Upright(id));
    }

    pub(super) fn window_picture(&mut self, id: WindowId, reply: Answer) {
        self.picture(reply, Subject::Framed(id));
    }

    fn picture(&mut self, reply: Answer, subject: Subject) {
        if let Err(refusal) = self.check_testing("a picture") {
            return drop(reply.send(Err(refusal)));
        }
        let Some(mut backend) = self.backend.take() else {
            return;
        };
        let captured = backend.picture(self, subject);
        self.backend = Some(backend);
        match captured {
            Ok(capture) => {
                let write = move || {
                    let encoded = encode_png(capture);
                    drop(reply.send(encoded.map_err(|error| refusal(&error))));
                };
                let started = std::thread::Builder::new()
                    .name("picture".to_owned())
                    .spawn(write);
                if let Err(error) = started {
                    // The reply went with the closure: who asked sees that it is gone.
                    tracing::error!("no thread to write a picture on: {error}");
                }
            }
            Err(error) => drop(reply.send(Err(refusal(&error)))),
        }
    }
}

fn refusal(error: &CaptureError) -> Refusal {
    let errno = match error {
        CaptureError::NoOutput(_) | CaptureError::NoWindow(_) | CaptureError::NoCursor => {
            Errno::NOENT
        }
        CaptureError::Render(_) | CaptureError::Encode(_) => Errno::IO,
    };
    Refusal::new(errno, error.to_string())
}
