package hublake

import java.nio.file.Files

import org.apache.hadoop.fs.{LocalFileSystem, Path, RawLocalFileSystem}
import org.apache.hadoop.fs.permission.FsPermission

/** Hadoop's file system of local files, which starts no processes. Spark loads it by `spark.hadoop.fs.file.impl`. */
class LocalFiles extends LocalFileSystem(new RawLocalFiles)

/** Sets permissions with a system call. Without its native library, Hadoop starts `chmod` for each file and folder that it creates: about
  * ten times for a table, each time while a job waits.
  */
class RawLocalFiles extends RawLocalFileSystem {
  private val SetGroupId = 0x400

  override def setPermission(path: Path, permission: FsPermission): Unit =
    if (permission.getStickyBit) super.setPermission(path, permission)
    else {
      val file = pathToFile(path).toPath
      // As `chmod` does, keep the bit by which what is created in a folder belongs to the folder's group.
      val special = if (Files.isDirectory(file)) Files.getAttribute(file, "unix:mode").asInstanceOf[Int] & SetGroupId else 0
      Files.setAttribute(file, "unix:mode", special | permission.toShort)
    }
}
