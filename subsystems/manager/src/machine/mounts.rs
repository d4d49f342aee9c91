//! What is mounted, and which of it is a disk; pure.

/// Where the kernel tells of mounts.
pub(super) const FILE: &str = "/proc/self/mountinfo";

/// One mount (*proc_pid_mountinfo(5)*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// `major:minor` of what is mounted.
    pub device: String,
    /// The folder of the file system that is seen here; `/` unless it is a bind mount or a subvolume.
    pub root: String,
    /// Where it is mounted.
    pub point: String,
    /// Type of the file system.
    pub filesystem: String,
    /// What was mounted, such as `/dev/vda1`.
    pub source: String,
}

/// Reads all lines of `/proc/self/mountinfo`; one that is not as it should be is left out.
pub fn parse(text: &str) -> Vec<Mount> {
    text.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<Mount> {
    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    let (front, back) = line.split_once(" - ")?;
    let mut front = front.split(' ').skip(2);
    let mut back = back.split(' ');
    Some(Mount {
        device: front.next()?.to_owned(),
        root: unescape(front.next()?),
        point: unescape(front.next()?),
        filesystem: back.next()?.to_owned(),
        source: unescape(back.next()?),
    })
}

/// Blanks, tabs, newlines and backslashes are written as `\` and three octal digits.
fn unescape(word: &str) -> String {
    let bytes = word.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let octal = word
            .get(at + 1..at + 4)
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match octal {
            Some(meant) if *byte == b'\\' => {
                out.push(meant);
                at += 4;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// File systems that are read-only images in a file: they are always full, and no place to keep anything.
const IMAGES: [&str; 4] = ["squashfs", "erofs", "iso9660", "cramfs"];

/// The mounts that are disks, each once, in the order in which they were mounted: what lies on a block device, datasets
/// of ZFS, and the root whatever it is. Of many mounts of one, the first of its whole.
pub fn real(mounts: Vec<Mount>) -> Vec<Mount> {
    let mut disks: Vec<Mount> = Vec::new();
    for mount in mounts {
        let block = mount.source.starts_with("/dev/") || mount.filesystem == "zfs";
        let image = IMAGES.contains(&mount.filesystem.as_str());
        if !(block && !image || mount.point == "/") {
            continue;
        }
        // Subvolumes of btrfs have device numbers of their own; their source is the same.
        let known = disks
            .iter_mut()
            .find(|disk| disk.device == mount.device || block && disk.source == mount.source);
        match known {
            Some(known) if known.root != "/" && mount.root == "/" => *known = mount,
            Some(_) => {}
            None => disks.push(mount),
        }
    }
    disks
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
28 27 0:25 / /run rw,nosuid - tmpfs tmpfs ro,size=4k
30 27 8:1 /sub /mnt/part rw - ext4 /dev/sda1 rw
31 27 8:1 / /media/My\\040Disk rw - ext4 /dev/sda1 rw
32 27 254:0 /etc/hosts /mnt/hosts rw - ext4 /dev/vda rw
33 27 0:40 /@home /home rw - btrfs /dev/mapper/vg-a rw
34 27 0:41 /@var /var rw - btrfs /dev/mapper/vg-a rw
35 27 7:3 / /snap/core ro - squashfs /dev/loop3 ro
36 27 0:50 / /tank rw - zfs tank/data rw
not a line
";

    #[test]
    fn each_disk_stands_once_and_nothing_else_does() {
        let disks = real(parse(TEXT));
        let shown: Vec<_> = disks
            .iter()
            .map(|disk| (disk.source.as_str(), disk.point.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("/dev/vda", "/"),
                ("/dev/sda1", "/media/My Disk"),
                ("/dev/mapper/vg-a", "/home"),
                ("tank/data", "/tank"),
            ]
        );
    }

    #[test]
    fn in_a_container_the_root_counts_whatever_it_is() {
        let disks = real(parse(
            "1 0 0:99 / / rw - overlay overlay rw\n2 1 0:9 / /tmp rw - tmpfs t rw\n",
        ));
        assert_eq!(disks.len(), 1);
        assert_eq!(disks[0].filesystem, "overlay");
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescape("a\\040b\\134c"), "a b\\c");
        assert_eq!(unescape("end\\04"), "end\\04");
        assert_eq!(unescape("\\999é"), "\\999é");
    }
}
