// The classes of Spark's HiveServer2 are visible in this package only.
package org.apache.spark.sql.hive.thriftserver

import java.util.{HashMap, Map => JavaMap}

import org.apache.hive.service.cli.{CLIService, SessionHandle}
import org.apache.hive.service.cli.operation.OperationManager
import org.apache.hive.service.cli.session.{HiveSession, SessionManager}
import org.apache.hive.service.rpc.thrift.TProtocolVersion
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.hive.HiveUtils
import org.apache.spark.sql.hive.thriftserver.ReflectionUtils.{getSuperField, setSuperField}
import org.apache.spark.sql.hive.thriftserver.ui.{HiveThriftServer2EventManager, HiveThriftServer2Listener}
import org.apache.spark.status.ElementTrackingStore

import hublake.{ReadOnlySql, Refused}

import scala.jdk.CollectionConverters._

/** Starts Spark's Thrift server for clients that only read. */
object SqlServer {

  /** Serve the comma-separated `schemas`, whose files are below `root`, in sessions derived from `session`. */
  def serve(session: SparkSession, root: String, schemas: String): HiveThriftServer2 = {
    val context = session.sparkContext
    val extensions = context.getConf.get("spark.sql.extensions", "")
    require(extensions.contains(classOf[ReadOnlySql].getName), s"spark.sql.extensions is '$extensions': nothing would refuse a DROP TABLE")
    ReadOnlySql.protect(session, root, schemas)
    HiveThriftServer2.systemExitOnError.set(false)
    HiveThriftServer2.eventManager = new HiveThriftServer2EventManager(context)
    val server = new HiveThriftServer2(session)
    val store = context.statusStore.store.asInstanceOf[ElementTrackingStore]
    HiveThriftServer2.listener = new HiveThriftServer2Listener(store, context.conf, Some(server))
    context.listenerBus.addToStatusQueue(HiveThriftServer2.listener)
    server.init(HiveUtils.newClientForExecution(context.conf, session.sessionState.newHadoopConf()).conf)
    val service = getSuperField[CLIService](server, "cliService")
    setSuperField(service, "sessionManager", new CheckedLogins(server, service.getSessionManager))
    server.start()
    server
  }
}

/** Checks the options of a login. HiveServer2 would apply them, `set:system:NAME` to the properties of this JVM. */
class CheckedLogins(server: HiveThriftServer2, sessions: SessionManager) extends SessionManager(server) {
  override def openSession(
      protocol: TProtocolVersion,
      user: String,
      password: String,
      address: String,
      options: JavaMap[String, String],
      isImpersonated: Boolean,
      token: String
  ): SessionHandle =
    sessions.openSession(protocol, user, password, address, CheckedLogins.harmless(options), isImpersonated, token)

  override def openSession(
      protocol: TProtocolVersion,
      user: String,
      password: String,
      address: String,
      options: JavaMap[String, String]
  ): SessionHandle = openSession(protocol, user, password, address, options, false, null)

  override def closeSession(handle: SessionHandle): Unit = sessions.closeSession(handle)
  override def getSession(handle: SessionHandle): HiveSession = sessions.getSession(handle)
  override def getOperationManager: OperationManager = sessions.getOperationManager
  override def getOpenSessionCount: Int = sessions.getOpenSessionCount
}

object CheckedLogins {
  private val Schema = "use:database"
  private val Setting = "set:hiveconf:"

  /** The options that a client may set. Options of Hive, some of which drivers send by default, are dropped; all others are refused. */
  def harmless(options: JavaMap[String, String]): JavaMap[String, String] = {
    val kept = new HashMap[String, String]()
    Option(options).foreach(_.asScala.foreach { case (name, value) =>
      val setting = name.stripPrefix(Setting)
      if (name == Schema || (name.startsWith(Setting) && ReadOnlySql.HarmlessSettings(setting))) kept.put(name, value)
      else if (!setting.startsWith("hive.")) throw new Refused(s"The option $name of a login", ReadOnlySql.settingsAdvice)
    })
    kept
  }
}
