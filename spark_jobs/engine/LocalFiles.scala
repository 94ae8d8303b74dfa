package hublake

import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions

import org.apache.hadoop.fs.{LocalFileSystem, Path, RawLocalFileSystem}
import org.apache.hadoop.fs.permission.FsPermission

/** Hadoop's file system of local files, which starts no processes. Spark loads it by `spark.hadoop.fs.file.impl`. */
class LocalFiles extends LocalFileSystem(new RawLocalFiles)

/** Sets permissions with a system call. Without its native library, Hadoop starts `chmod` for each file and folder that it creates: about
  * ten times for a table, each time while a job waits.
  */
class RawLocalFiles extends RawLocalFileSystem {
  override def setPermission(path: Path, permission: FsPermission): Unit =
    if (permission.getStickyBit) super.setPermission(path, permission)
    else {
      val symbols = Seq(permission.getUserAction, permission.getGroupAction, permission.getOtherAction).map(_.SYMBOL).mkString
      Files.setPosixFilePermissions(pathToFile(path).toPath, PosixFilePermissions.fromString(symbols))
    }
}
