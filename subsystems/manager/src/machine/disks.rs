use std::fs;

use rustix::fs::statvfs;
use trees::machine::Disk;

use super::mounts::Mount;

/// The disks below `mounts` with their free space (*statvfs(3)*). One that cannot be asked is left out: it was
/// unmounted between the two looks, or is not ours to see. So is a file that is mounted over a file.
pub fn disks(mounts: &[Mount]) -> Vec<Disk> {
    let mut disks: Vec<Disk> = Vec::new();
    for mount in mounts {
        if !fs::metadata(&mount.point).is_ok_and(|meta| meta.is_dir()) {
            continue;
        }
        let Ok(space) = statvfs(&mount.point) else {
            continue;
        };
        if space.f_blocks == 0 {
            continue;
        }
        let wanted = mount
            .source
            .rsplit('/')
            .find(|part| !part.is_empty())
            .unwrap_or("disk");
        let taken = |name: &str| disks.iter().any(|disk| disk.name == name);
        let mut name = wanted.to_owned();
        let mut nth = 2;
        while taken(&name) {
            name = format!("{wanted}.{nth}");
            nth += 1;
        }
        disks.push(Disk {
            name,
            device: mount.source.clone(),
            mount: mount.point.clone(),
            filesystem: mount.filesystem.clone(),
            total: trees::machine::total(
                space.f_blocks,
                space.f_bfree,
                space.f_bavail,
                space.f_frsize,
            ),
            available: space.f_bavail.saturating_mul(space.f_frsize),
        });
    }
    disks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(source: &str, point: &str) -> Mount {
        Mount {
            device: "8:1".to_owned(),
            root: "/".to_owned(),
            point: point.to_owned(),
            filesystem: "ext4".to_owned(),
            source: source.to_owned(),
        }
    }

    #[test]
    fn names_come_from_the_device_and_are_unlike() {
        let found = disks(&[
            mount("/dev/mapper/vg-root", "/"),
            mount("tank/vg-root", "/"),
            mount("/dev/sdz9", "/no/such/folder"),
            mount("/dev/sdz8", "/proc/version"),
        ]);
        let names: Vec<_> = found.iter().map(|disk| disk.name.as_str()).collect();
        assert_eq!(names, ["vg-root", "vg-root.2"]);
        assert!(found[0].total >= found[0].available && found[0].total > 0);
    }
}
