//! This host, for the node that hatui itself runs on.
#![expect(clippy::disallowed_methods, reason = "this is the transport that starts programs here")]

use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use super::{PIECE, WAITING};
use crate::wire::{Argv, Exit, Output};

#[derive(Debug)]
pub(super) struct LocalConnection;

impl LocalConnection {
    pub(super) fn start(&self, argv: &Argv) -> Result<(mpsc::Receiver<Output>, mpsc::Sender<Vec<u8>>), Exit> {
        let Self = self;
        let mut child = tokio::process::Command::new(argv.program())
            .args(argv.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Exit::Code(127),
                _ => Exit::NotStarted(error.to_string()),
            })?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (sender, output) = mpsc::channel(WAITING);
        let (input, words) = mpsc::channel(WAITING);
        tokio::spawn(feed(stdin, words));
        tokio::spawn(async move {
            let out = pump(stdout, sender.clone(), Output::Stdout);
            let err = pump(stderr, sender.clone(), Output::Stderr);
            tokio::join!(out, err);
            let exit = match child.wait().await {
                Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(Exit::Lost, Exit::Code),
                Err(_) => Exit::Lost,
            };
            let _ = sender.send(Output::Exit(exit)).await;
        });
        Ok((output, input))
    }
}

/// Hands words on to a program's standard input until they, or it, end.
pub(super) async fn feed<W: tokio::io::AsyncWrite + Unpin>(pipe: Option<W>, mut words: mpsc::Receiver<Vec<u8>>) {
    let Some(mut pipe) = pipe else { return };
    while let Some(bytes) = words.recv().await {
        if pipe.write_all(&bytes).await.is_err() || pipe.flush().await.is_err() {
            break;
        }
    }
}

/// Hands a program's output on, piece by piece, until it ends or nobody takes it any more.
pub(super) async fn pump<R: AsyncRead + Unpin>(
    pipe: Option<R>,
    sender: mpsc::Sender<Output>,
    wrap: impl Fn(Vec<u8>) -> Output,
) {
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
