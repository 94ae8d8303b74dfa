package hublake

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Path}
import java.security.MessageDigest
import javax.security.sasl.AuthenticationException

import org.apache.hive.service.auth.PasswdAuthenticationProvider

import scala.jdk.CollectionConverters._

/** Authenticates users of the SQL server by the file -Dhublake.users, which has one line `user password` for each. The file is read at
  * every login, so passwords can be changed while the server runs.
  */
class PasswordFile extends PasswdAuthenticationProvider {
  override def Authenticate(user: String, password: String): Unit = {
    val known = Files.readAllLines(Path.of(System.getProperty("hublake.users"))).asScala.map(_.trim.split("\\s+", 2))
    if (!known.exists(entry => entry.length == 2 && isSame(entry(0), user) && isSame(entry(1), password)))
      throw new AuthenticationException("user or password is wrong")
  }

  /** Compares in constant time: the time taken does not reveal how many characters match. */
  private def isSame(one: String, other: String): Boolean =
    other != null && MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8))
}
