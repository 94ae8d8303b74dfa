package hublake

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Path}
import java.security.MessageDigest
import javax.security.sasl.AuthenticationException

import org.apache.hive.service.auth.PasswdAuthenticationProvider

import scala.jdk.CollectionConverters._

/** Lets into the SQL server whoever stands in the file -Dhublake.users, which has a line `user password` for each. It is read at every
  * login, so that a password can be changed while the server runs.
  */
class PasswordFile extends PasswdAuthenticationProvider {
  override def Authenticate(user: String, password: String): Unit = {
    val known = Files.readAllLines(Path.of(System.getProperty("hublake.users"))).asScala.map(_.trim.split("\\s+", 2))
    if (!known.exists(entry => entry.length == 2 && isSame(entry(0), user) && isSame(entry(1), password)))
      throw new AuthenticationException("user or password is wrong")
  }

  /** In a time that does not tell how much of the two is the same. */
  private def isSame(one: String, other: String): Boolean =
    other != null && MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8))
}
