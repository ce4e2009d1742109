//! The folder for what lives as long as hatui runs, and what others left there that could not clean up.

use std::fs::{DirBuilder, File, TryLockError};
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The file that a hatui holds locked as long as it lives: a lock goes with its process, however that ends.
const LOCK: &str = "lock";

/// The folder for what lives as long as hatui runs: `$XDG_RUNTIME_DIR/hatui`, else `/tmp/hatui-UID`; only the user may
/// enter it.
pub fn runtime_directory(xdg_runtime: Option<&Path>) -> Result<PathBuf> {
    let uid = std::fs::metadata("/proc/self")?.uid();
    let directory = match xdg_runtime {
        Some(runtime) if runtime.is_dir() && runtime.as_os_str().len() < 60 => runtime.join("hatui"),
        _ => PathBuf::from(format!("/tmp/hatui-{uid}")),
    };
    DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
    let found = std::fs::symlink_metadata(&directory)?;
    if !found.is_dir() || found.uid() != uid || found.mode() & 0o077 != 0 {
        let words = format!("{} is not a folder that only this user may enter", directory.display());
        return Err(Error::new(ErrorKind::PermissionDenied, words));
    }
    Ok(directory)
}

/// A folder of this hatui's own, named by its process; held until the last copy of this is dropped.
#[derive(Debug, Clone)]
pub(super) struct OwnFolder {
    pub(super) path: PathBuf,
    lock: Arc<File>,
}

impl PartialEq for OwnFolder {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.lock, &other.lock)
    }
}

impl Eq for OwnFolder {}

impl OwnFolder {
    /// Makes one below `directory`, after the folders of those that are gone have been removed there.
    pub(super) fn create(directory: &Path) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        sweep(directory);
        let (pid, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        // It gets its name once it is locked, so that nobody finds it unlocked.
        let new = directory.join(format!("new-{pid}-{number}"));
        DirBuilder::new().recursive(true).mode(0o700).create(&new)?;
        let lock = File::options().write(true).create_new(true).mode(0o600).open(new.join(LOCK))?;
        lock.lock()?;
        let mut path = directory.join(pid.to_string());
        if path.exists() {
            path = directory.join(format!("{pid}-{number}"));
        }
        std::fs::rename(&new, &path)?;
        Ok(Self { path, lock: Arc::new(lock) })
    }
}

/// Removes the folders of hatuis that are gone: nobody holds their lock. A number of a process says little, since
/// numbers come again; only where there is no lock it decides.
fn sweep(directory: &Path) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(process_of) else { continue };
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let gone = match File::options().read(true).open(entry.path().join(LOCK)) {
            Ok(lock) => match lock.try_lock() {
                Ok(()) => true,
                Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
            },
            Err(_) => !Path::new(&format!("/proc/{pid}")).exists(),
        };
        if gone {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The process that made a folder, by its name: `PID`, `PID-N` or `new-PID-N`.
fn process_of(name: &str) -> Option<u32> {
    name.trim_start_matches("new-").split('-').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_the_dead_are_removed_and_no_others() {
        let directory = std::env::temp_dir().join(format!("hatui-sweep-{}", std::process::id()));
        let alive = OwnFolder::create(&directory).unwrap();
        let second = OwnFolder::create(&directory).unwrap();
        assert_ne!(alive.path, second.path);
        let make = |name: &str, lock: bool| {
            DirBuilder::new().recursive(true).create(directory.join(name).join("1")).unwrap();
            if lock {
                File::options().write(true).create(true).truncate(true).open(directory.join(name).join(LOCK)).unwrap();
            }
        };
        let no_process = "4194999";
        make(no_process, false);
        make("4194998", true);
        make("new-4194997-3", false);
        // A number that another process has now: 1 always is one.
        make("1", true);
        // In the making, or by an older hatui: it lives.
        make("1-7", false);
        make("notes", true);
        std::os::unix::fs::symlink("/proc", directory.join("4194996")).unwrap();
        let third = OwnFolder::create(&directory).unwrap();
        let mut left: Vec<_> = std::fs::read_dir(&directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let name = |own: &OwnFolder| own.path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut wanted = vec![name(&alive), name(&second), name(&third)];
        wanted.extend(["1-7", "notes", "4194996"].map(str::to_owned));
        left.sort();
        wanted.sort();
        assert_eq!(left, wanted);
        // Let go, it is gone with the next that begins.
        let path = alive.path.clone();
        drop(alive);
        let fourth = OwnFolder::create(&directory).unwrap();
        assert!(fourth.path == path || !path.exists());
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
