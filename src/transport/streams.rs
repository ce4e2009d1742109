//! What goes in and out of a program that runs: the same for programs here and over SSH.

use std::process::ExitStatus;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};

use super::lanes::Place;
use super::{PIECE, WAITING};
use crate::wire::{Exit, Output};

/// The user's ends: what the program prints and its exit as the last; what it is to read.
pub(super) type Streams = (mpsc::Receiver<Output>, mpsc::Sender<Vec<u8>>);

/// The program's ends.
pub(super) type Ends = (mpsc::Sender<Output>, mpsc::Receiver<Vec<u8>>);

/// Both ends of a program's streams.
pub(super) fn streams() -> (Streams, Ends) {
    let (sender, output) = mpsc::channel(WAITING);
    let (input, words) = mpsc::channel(WAITING);
    ((output, input), (sender, words))
}

/// Tells when the connection is closed: then everything is let go.
#[derive(Debug, Clone)]
pub(super) struct Gone(watch::Receiver<bool>);

impl Gone {
    /// The sign, and what gives it: `true`, or being dropped.
    pub(super) fn sign() -> (watch::Sender<bool>, Self) {
        let (closed, sign) = watch::channel(false);
        (closed, Self(sign))
    }

    pub(super) async fn wait(&mut self) {
        let _ = self.0.wait_for(|closed| *closed).await;
    }
}

/// Carries what goes in and out of a program, until it ends or the connection is gone. Only then its place is free
/// again: a program that nobody waits for any more still has its channel.
pub(super) async fn carry<W, O, E>(
    (stdin, stdout, stderr): (Option<W>, Option<O>, Option<E>),
    (sender, words): Ends,
    end: impl Future<Output = Exit>,
    place: Place,
    mut gone: Gone,
) where
    W: AsyncWrite + Unpin,
    O: AsyncRead + Unpin,
    E: AsyncRead + Unpin,
{
    let work = async {
        let out = pump(stdout, sender.clone(), Output::Stdout);
        let err = pump(stderr, sender.clone(), Output::Stderr);
        tokio::join!(out, err);
        end.await
    };
    let reading = async {
        feed(stdin, words).await;
        core::future::pending::<()>().await;
    };
    let exit = tokio::select! {
        exit = work => exit,
        () = gone.wait() => Exit::Lost,
        () = reading => Exit::Lost,
    };
    drop(place);
    let _ = sender.send(Output::Exit(exit)).await;
}

/// How a program ended; killed ones have no code.
pub(super) fn exit_of(status: ExitStatus) -> Exit {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(Exit::Lost, Exit::Code)
}

/// Hands words on to a program's standard input until they, or it, end.
async fn feed<W: AsyncWrite + Unpin>(pipe: Option<W>, mut words: mpsc::Receiver<Vec<u8>>) {
    let Some(mut pipe) = pipe else { return };
    while let Some(bytes) = words.recv().await {
        if pipe.write_all(&bytes).await.is_err() || pipe.flush().await.is_err() {
            break;
        }
    }
}

/// Hands a program's output on, piece by piece, until it ends or nobody takes it any more.
async fn pump<R: AsyncRead + Unpin>(pipe: Option<R>, sender: mpsc::Sender<Output>, wrap: impl Fn(Vec<u8>) -> Output) {
    let Some(mut pipe) = pipe else { return };
    let mut buffer = vec![0; PIECE];
    loop {
        let read = tokio::select! {
            read = pipe.read(&mut buffer) => read,
            // Dropping the process ends the pumping at once, even where the program is silent.
            () = sender.closed() => return,
        };
        match read {
            Ok(0) | Err(_) => return,
            Ok(length) => {
                let piece = buffer.get(..length).unwrap_or_default().to_vec();
                if sender.send(wrap(piece)).await.is_err() {
                    return;
                }
            }
        }
    }
}
