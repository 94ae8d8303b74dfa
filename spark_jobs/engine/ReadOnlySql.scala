package hublake

import java.net.URI
import java.util.Locale

import org.apache.hadoop.fs.Path
import org.apache.hive.service.cli.HiveSQLException
import org.apache.spark.sql.SparkSessionExtensions
import org.apache.spark.sql.catalyst.{FunctionIdentifier, TableIdentifier}
import org.apache.spark.sql.catalyst.analysis._
import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.catalyst.parser.{ParameterContext, ParseException, ParserInterface}
import org.apache.spark.sql.catalyst.plans.logical._
import org.apache.spark.sql.execution.command.{ResetCommand, SetCommand, SetNamespaceCommand}
import org.apache.spark.sql.execution.datasources.{HadoopFsRelation, LogicalRelation}
import org.apache.spark.sql.types.{DataType, StructType}

/** Makes the SQL server read-only: a client's statement runs only if every part of it is on a list of parts that only read.
  *
  * Spark loads this class by `spark.sql.extensions` (conf/spark/serve.conf). Two checks use the lists of `ReadOnlySql`:
  *   - `ClientParser` checks the parsed statement, before Spark opens a file, resolves a name or evaluates an expression;
  *   - a rule of Spark's analyser checks the plan in which all names are resolved, before anything runs.
  *
  * Both apply to every session except the one that started the server, which creates the views.
  */
class ReadOnlySql extends (SparkSessionExtensions => Unit) {
  override def apply(extensions: SparkSessionExtensions): Unit = {
    extensions.injectParser((session, parser) => new ClientParser(() => ReadOnlySql.isClient(session), parser))
    extensions.injectCheckRule(session => plan => if (ReadOnlySql.isClient(session)) ReadOnlySql.checkAnalysed(plan))
  }
}

/** An error that clients see as one sentence. HiveServer2 sends JDBC clients the printed exception, usually with class and stack. */
class ClientError(sentence: String, state: String) extends HiveSQLException(sentence, state) {
  override def fillInStackTrace(): Throwable = this
  override def toString: String = sentence
}

/** The error of a statement that is not allowed. */
class Refused(what: String, advice: String) extends ClientError(s"$what is refused: $advice.", ReadOnlySql.InsufficientPrivilege)

object ReadOnlySql {
  val InsufficientPrivilege = "42501" // SQLSTATE
  private val Queries = "this server is read-only, and runs SELECT, SHOW, DESCRIBE, EXPLAIN and USE"
  private val Catalog = "spark_catalog"

  /** Settings that a client may read and change for its own session. They only affect how values are computed or formatted. */
  val HarmlessSettings: Set[String] = Set(
    "spark.sql.session.timeZone",
    "spark.sql.ansi.enabled",
    "spark.sql.caseSensitive",
    "spark.sql.thriftServer.queryTimeout",
  )

  /** Functions that call Java, read a file named in their arguments, or return paths of files or logs of workers. */
  val RefusedFunctions: Set[String] = Set(
    "reflect", "java_method", "try_reflect", // any static method of the JVM
    "from_avro", "to_avro", "schema_of_avro", "from_protobuf", "to_protobuf", // schema or descriptor from a file or an address
    "from_xml", "schema_of_xml", // option rowValidationXSDPath
    "input_file_name", "input_file_block_start", "input_file_block_length",
    "python_worker_logs",
    "table_changes", "table_changes_by_path", // Delta: other versions than the published ones, and paths
  )

  /** The expressions of these functions, and of functions that are not part of Spark, in an analysed plan. */
  private val RefusedExpressions = Set(
    "CallMethodViaReflection", "AvroDataToCatalyst", "CatalystDataToAvro", "ProtobufDataToCatalyst", "CatalystDataToProtobuf",
    "FromAvro", "ToAvro", "SchemaOfAvro", "FromProtobuf", "ToProtobuf", "XmlToStructs", "SchemaOfXml",
    "InputFileName", "InputFileBlockStart", "InputFileBlockLength",
    "PythonUDF", "PythonUDAF", "PythonUDTF", "UnresolvedPolymorphicPythonUDTF",
    "HiveSimpleUDF", "HiveGenericUDF", "HiveGenericUDTF", "HiveUDAFFunction",
  )

  /** Nodes of a parsed query; SHOW, DESCRIBE and EXPLAIN are in `ReadingCommands`. */
  private val QueryNodes = Set(
    "OneRowRelation", "LocalRelation", "UnresolvedInlineTable", "UnresolvedRelation", "UnresolvedTableValuedFunction",
    "Project", "Filter", "Aggregate", "Join", "LateralJoin", "AsOfJoin", "NearestByJoin", "Sort", "Window", "WithWindowDefinition",
    "Distinct", "Union", "Intersect", "Except", "GlobalLimit", "LocalLimit", "Offset", "Sample", "Generate", "Pivot", "Unpivot",
    "SubqueryAlias", "UnresolvedWith", "UnresolvedSubqueryColumnAliases", "UnresolvedTVFAliases", "UnresolvedHaving",
    "UnresolvedQualify", "UnresolvedHint", "Repartition", "RepartitionByExpression", "RebalancePartitions", "PipeOperator",
    // names in SHOW, DESCRIBE and USE
    "CurrentNamespace$", "UnresolvedNamespace", "UnresolvedTable", "UnresolvedTableOrView", "UnresolvedView",
    "UnresolvedFunctionName", "UnresolvedIdentifier",
  )

  /** Commands that only read: their classes after parsing and after analysis. */
  private val ReadingCommands = Set(
    "ShowTables", "ShowTablesCommand", "ShowTablesExtended", "ShowTablePartition", "ShowNamespacesCommand", "ShowCatalogsCommand",
    "ShowCurrentNamespaceCommand", "ShowColumns", "ShowColumnsCommand", "ShowDeltaTableColumnsCommand", "ShowViews", "ShowViewsCommand",
    "ShowFunctions", "ShowFunctionsCommand", "ShowCollationsCommand", "ShowTableProperties", "ShowTablePropertiesCommand",
    "ShowPartitions", "ShowPartitionsCommand", "ShowDeltaPartitionsCommand", "ShowCreateTable", "ShowCreateTableCommand",
    "DescribeRelation", "DescribeRelationJsonCommand", "DescribeTableCommand", "DescribeTablePartition",
    "DescribeColumn", "DescribeColumnCommand", "DescribeQueryCommand", "DescribeFunction", "DescribeFunctionCommand",
    "DescribeNamespace", "DescribeDatabaseCommand", "ExplainCommand",
    // `checkParsed` checks the arguments of these
    "SetCommand", "ResetCommand", "SetCatalogCommand", "SetNamespaceCommand", "SetCatalogAndNamespace",
    "CommandResult", // the rows of a command that was checked before it ran
  )

  /** Plans that are neither commands nor leaves, and run code that is not part of Spark. */
  private val RefusedNodes = Set("ScriptTransformation", "UnresolvedExecuteImmediate", "CompoundBody")

  /** First words of commands of HiveServer2 and beeline, which Spark's parser does not know. */
  private val ShellWords = Set("dfs", "!", "compile", "reload", "add", "delete", "list", "crypto", "erasure", "source", "quit", "exit")

  /** The arguments of `protect`. While it is None, no session belongs to a client. */
  @volatile private var protection: Option[Protection] = None

  private case class Protection(owner: AnyRef, root: URI, schemas: Set[String])

  /** Treat every session except `owner` as a client's, which may read the comma-separated `schemas` from files below `root`. */
  def protect(owner: AnyRef, root: String, schemas: String): Unit =
    protection = Some(Protection(owner, new Path(root).toUri, schemas.split(",").toSet))

  /** Treat no session as a client's. */
  def unprotect(): Unit = protection = None

  def isClient(session: AnyRef): Boolean = protection.exists(_.owner ne session)

  /** Raises Refused unless every part of a parsed statement is on the lists. */
  def checkParsed(statement: LogicalPlan): Unit = foreachPart(statement) {
    case plan: LogicalPlan => checkParsedNode(plan)
    case function: UnresolvedFunction => checkFunction(function.nameParts)
    case generator: UnresolvedGenerator => checkFunction(generator.name.nameParts)
    case expression: Expression => checkExpression(expression)
  }

  private def checkParsedNode(plan: LogicalPlan): Unit = plan match {
    case set: SetCommand => checkSetting("SET", set.kv.map(_._1))
    case reset: ResetCommand => if (reset.config.nonEmpty) checkSetting("RESET", reset.config)
    case use: SetNamespaceCommand => checkNamespace(use.namespace)
    case named: UnresolvedNamespace => checkNamespace(named.multipartIdentifier)
    case named: UnresolvedRelation => checkRelation(named)
    case named: UnresolvedTable => checkTable(named.multipartIdentifier)
    case named: UnresolvedView => checkTable(named.multipartIdentifier)
    case named: UnresolvedTableOrView => checkTable(named.multipartIdentifier)
    case named: UnresolvedIdentifier => checkTable(named.nameParts)
    case function: UnresolvedTableValuedFunction if function.isStreaming => throw new Refused("STREAM", Queries)
    case function: UnresolvedTableValuedFunction => checkFunction(function.name)
    case _ if isOn(QueryNodes, plan) || isOn(ReadingCommands, plan) => ()
    case _ => throw new Refused(statementOf(plan), Queries)
  }

  /** Raises Refused if an analysed plan contains a part that `checkParsed` refuses, or reads files outside the warehouse. */
  def checkAnalysed(statement: LogicalPlan): Unit = foreachPart(statement) {
    case LogicalRelation(files: HadoopFsRelation, _, _, isStreaming, _) =>
      if (isStreaming || !files.location.rootPaths.forall(isInWarehouse)) throw new Refused("Reading files", "only tables are served")
    case relation: LogicalRelation => throw new Refused(s"Reading ${relation.relation.getClass.getSimpleName}", "only tables are served")
    case plan: LogicalPlan if plan.isInstanceOf[Command] && !isOn(ReadingCommands, plan) => throw new Refused(statementOf(plan), Queries)
    case plan: LogicalPlan if isOn(RefusedNodes, plan) || isPython(plan) => throw new Refused(statementOf(plan), Queries)
    case plan: LogicalPlan => if (plan.children.isEmpty && plan.resolved && plan.isStreaming) throw new Refused("STREAM", Queries)
    case expression: Expression => checkExpression(expression)
  }

  private def isInWarehouse(path: Path): Boolean = protection.forall { protection =>
    val (root, read) = (protection.root, path.toUri)
    val isSameStore = root.getScheme == null || read.getScheme == null || sameScheme(root.getScheme, read.getScheme)
    val folder = root.getPath.stripSuffix("/")
    isSameStore && (read.getPath == folder || read.normalize.getPath.startsWith(folder + "/")) &&
    (root.getAuthority == null || root.getAuthority == read.getAuthority)
  }

  private def sameScheme(one: String, other: String): Boolean = one.stripSuffix("a") == other.stripSuffix("a") // s3 and s3a

  private def checkExpression(expression: Expression): Unit =
    if (isOn(RefusedExpressions, expression) || isPython(expression))
      throw new Refused(s"The function of ${expression.getClass.getSimpleName}", "it can reach beyond the tables")
    else if (isOn(Set("ExpressionWithUnresolvedIdentifier"), expression))
      throw new Refused("IDENTIFIER of an expression", "write the name itself")

  private def isPython(part: AnyRef): Boolean = part.getClass.getName.contains(".python.")

  private lazy val builtins: Set[String] =
    (FunctionRegistry.builtin.listFunction() ++ TableFunctionRegistry.builtin.listFunction()).map(_.funcName.toLowerCase(Locale.ROOT)).toSet

  private def checkFunction(name: Seq[String]): Unit = {
    val lower = name.map(_.toLowerCase(Locale.ROOT))
    val isBuiltin = Set(Seq(), Seq("builtin"), Seq("system", "builtin"))(lower.init) && builtins(lower.last)
    if (RefusedFunctions(lower.last)) throw new Refused(s"The function ${name.mkString(".")}", "it can reach beyond the tables")
    if (!isBuiltin) throw new Refused(s"The function ${name.mkString(".")}", "it is not one of Spark's own (SHOW FUNCTIONS)")
  }

  private def checkRelation(relation: UnresolvedRelation): Unit = {
    if (relation.isStreaming) throw new Refused("STREAM", Queries)
    if (!relation.options.isEmpty) throw new Refused("A table WITH options", "write its name alone")
    checkTable(relation.multipartIdentifier)
  }

  /** Spark reads text.`/etc/passwd` as a path. Its first part is the name of a format, and not of a served schema. */
  private def checkTable(name: Seq[String]): Unit = {
    val schema = withoutCatalog(name, 2).init
    if (name.last.contains("/")) throw new Refused(s"Reading the path ${name.last}", s"the tables are in $schemas")
    if (schema.nonEmpty && !isServed(schema)) throw new Refused(s"Reading from ${name.init.mkString(".")}", s"the tables are in $schemas")
  }

  private def checkNamespace(name: Seq[String]): Unit = {
    val schema = withoutCatalog(name, 1)
    if (schema.nonEmpty && !isServed(schema)) throw new Refused(s"The schema ${name.mkString(".")}", s"there are $schemas")
  }

  private def withoutCatalog(name: Seq[String], parts: Int): Seq[String] =
    if (name.length >= parts && name.head.equalsIgnoreCase(Catalog)) name.tail else name

  private def isServed(schema: Seq[String]): Boolean =
    schema.length == 1 && protection.exists(_.schemas(schema.head.toLowerCase(Locale.ROOT)))

  private def schemas: String = protection.fold("")(_.schemas.toSeq.sorted.mkString(", "))

  def settingsAdvice: String = s"a client may set ${HarmlessSettings.toSeq.sorted.mkString(", ")}"

  private def checkSetting(verb: String, name: Option[String]): Unit = name match {
    case Some(known) if HarmlessSettings(known) => ()
    case Some(other) => throw new Refused(s"$verb $other", settingsAdvice)
    case None => throw new Refused(s"$verb without a name", "it would show the settings of the server")
  }

  /** The name of a statement in SQL, derived from the class of its plan: DropTable is DROP TABLE. */
  private def statementOf(plan: LogicalPlan): String = simpleName(plan) match {
    case "ScriptTransformation" => "TRANSFORM ... USING"
    case "CompoundBody" => "BEGIN ... END"
    case "RelationTimeTravel" => "Reading another version of a table"
    case "PlanWithUnresolvedIdentifier" => "IDENTIFIER of an expression"
    case other =>
      val words = other.stripSuffix("$").replaceAll("^Unresolved|^Delta|(Table)?Command$|Statement$", "")
      words.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toUpperCase(Locale.ROOT)
  }

  private def isOn(names: Set[String], part: AnyRef): Boolean = isOfSparkOrDelta(part) && names(simpleName(part))

  private def isOfSparkOrDelta(part: AnyRef): Boolean = part.getClass.getName.startsWith("org.apache.spark.sql.")

  private def simpleName(part: AnyRef): String = part.getClass.getName.split('.').last

  /** Check every plan and expression in a value, including those that are not children of the tree, such as the plan of an EXPLAIN. */
  private def foreachPart(value: Any)(check: PartialFunction[Any, Unit]): Unit = {
    check.applyOrElse(value, (_: Any) => ())
    value match {
      case values: Iterable[_] => values.foreach(foreachPart(_)(check))
      case node: Product if mayHoldParts(node) => node.productIterator.foreach(foreachPart(_)(check))
      case _ => ()
    }
  }

  /** Whether a value can contain plans or expressions. An opened table cannot, and contains its whole log. */
  private def mayHoldParts(value: Product): Boolean = value match {
    case _: LogicalPlan | _: Expression => true
    case _ =>
      val (name, catalyst) = (value.getClass.getName, "org.apache.spark.sql.catalyst.")
      name.startsWith("scala.") || (name.startsWith(catalyst) && !name.startsWith(s"${catalyst}catalog."))
  }

  /** A syntax error as one line, without the statement and the marker below it. */
  def asSentence(error: ParseException, statement: String): HiveSQLException = {
    val word = statement.trim.takeWhile(letter => letter.isLetter || letter == '!').toLowerCase(Locale.ROOT)
    val message = error.getMessage.trim.linesIterator.takeWhile(!_.startsWith("==")).mkString(" ").trim
    if (ShellWords(word) || word.startsWith("!")) new Refused(word.toUpperCase(Locale.ROOT), Queries)
    else new ClientError(message, error.getSqlState)
  }
}

/** The parser of Spark and Delta, with `checkParsed` for statements of clients. `parseQuery` parses views, which the server wrote. */
class ClientParser(isClient: () => Boolean, parser: ParserInterface) extends ParserInterface {
  override def parsePlan(sqlText: String): LogicalPlan = checked(sqlText)(parser.parsePlan(sqlText))

  override def parsePlanWithParameters(sqlText: String, parameters: ParameterContext): LogicalPlan =
    checked(sqlText)(parser.parsePlanWithParameters(sqlText, parameters))

  private def checked(sqlText: String)(parsed: => LogicalPlan): LogicalPlan =
    if (!isClient()) parsed
    else {
      val plan =
        try parsed
        catch { case error: ParseException => throw ReadOnlySql.asSentence(error, sqlText) }
      ReadOnlySql.checkParsed(plan)
      plan
    }

  override def parseQuery(sqlText: String): LogicalPlan = parser.parseQuery(sqlText)
  override def parseExpression(sqlText: String): Expression = parser.parseExpression(sqlText)
  override def parseTableIdentifier(sqlText: String): TableIdentifier = parser.parseTableIdentifier(sqlText)
  override def parseFunctionIdentifier(sqlText: String): FunctionIdentifier = parser.parseFunctionIdentifier(sqlText)
  override def parseMultipartIdentifier(sqlText: String): Seq[String] = parser.parseMultipartIdentifier(sqlText)
  override def parseTableSchema(sqlText: String): StructType = parser.parseTableSchema(sqlText)
  override def parseDataType(sqlText: String): DataType = parser.parseDataType(sqlText)
  override def parseRoutineParam(sqlText: String): StructType = parser.parseRoutineParam(sqlText)
}
