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

/** Makes the SQL server read-only: a client's statement runs only if every part of it is on a list of what reads.
  *
  * Spark loads this class by `spark.sql.extensions` (conf/spark/serve.conf). Two checks use the lists of `ReadOnlySql`:
  *   - `ClientParser` checks a statement as it was parsed, before Spark opens a file, resolves a name or evaluates an expression;
  *   - a rule of Spark's analyser checks the plan after all names were resolved, before anything runs.
  *
  * Both apply to every session but the one that started the server, which registers the tables.
  */
class ReadOnlySql extends (SparkSessionExtensions => Unit) {
  override def apply(extensions: SparkSessionExtensions): Unit = {
    extensions.injectParser((session, parser) => new ClientParser(() => ReadOnlySql.isClient(session), parser))
    extensions.injectCheckRule(session => plan => if (ReadOnlySql.isClient(session)) ReadOnlySql.checkAnalysed(plan))
  }
}

/** An error of which a client sees the sentence alone. HiveServer2 sends to JDBC what an exception prints: its class and stack. */
class ClientError(sentence: String, state: String) extends HiveSQLException(sentence, state) {
  override def fillInStackTrace(): Throwable = this
  override def toString: String = sentence
}

/** The error for a statement that was not run. */
class Refused(what: String, advice: String) extends ClientError(s"$what is refused: $advice.", ReadOnlySql.InsufficientPrivilege)

object ReadOnlySql {
  val InsufficientPrivilege = "42501" // SQLSTATE
  private val Queries = "this server is read-only, and runs SELECT, SHOW, DESCRIBE, EXPLAIN and USE"
  private val Catalog = "spark_catalog"

  /** Settings that a client may read and change for its own session: they change how values are computed or shown, and nothing else. */
  val HarmlessSettings: Set[String] = Set(
    "spark.sql.session.timeZone",
    "spark.sql.ansi.enabled",
    "spark.sql.caseSensitive",
    "spark.sql.thriftServer.queryTimeout",
  )

  /** Functions that call Java, read a file that is named in their arguments, or show where files lie and what workers logged. */
  val RefusedFunctions: Set[String] = Set(
    "reflect", "java_method", "try_reflect", // any static method of the JVM
    "from_avro", "to_avro", "schema_of_avro", "from_protobuf", "to_protobuf", // schema or descriptor from a file or an address
    "from_xml", "schema_of_xml", // option rowValidationXSDPath
    "input_file_name", "input_file_block_start", "input_file_block_length",
    "python_worker_logs",
    "table_changes", "table_changes_by_path", // Delta: other versions than the published ones, and paths
  )

  /** Expressions that those functions, and functions that are not Spark's own, become in an analysed plan. */
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
    // what SHOW, DESCRIBE and USE name
    "CurrentNamespace$", "UnresolvedNamespace", "UnresolvedTable", "UnresolvedTableOrView", "UnresolvedView",
    "UnresolvedFunctionName", "UnresolvedIdentifier",
  )

  /** Commands that only read, as they are parsed and as they are analysed. */
  private val ReadingCommands = Set(
    "ShowTables", "ShowTablesCommand", "ShowTablesExtended", "ShowTablePartition", "ShowNamespacesCommand", "ShowCatalogsCommand",
    "ShowCurrentNamespaceCommand", "ShowColumns", "ShowColumnsCommand", "ShowDeltaTableColumnsCommand", "ShowViews", "ShowViewsCommand",
    "ShowFunctions", "ShowFunctionsCommand", "ShowCollationsCommand", "ShowTableProperties", "ShowTablePropertiesCommand",
    "ShowPartitions", "ShowPartitionsCommand", "ShowDeltaPartitionsCommand", "ShowCreateTable", "ShowCreateTableCommand",
    "DescribeRelation", "DescribeRelationJsonCommand", "DescribeTableCommand", "DescribeTablePartition",
    "DescribeColumn", "DescribeColumnCommand", "DescribeQueryCommand", "DescribeFunction", "DescribeFunctionCommand",
    "DescribeNamespace", "DescribeDatabaseCommand", "ExplainCommand",
    "SetCommand", "ResetCommand", "SetCatalogCommand", "SetNamespaceCommand", "SetCatalogAndNamespace", // their arguments are checked
    "CommandResult", // rows of a command that has run, and was checked before
  )

  /** Plans that are no commands and no leaves, and run what is not Spark's own. */
  private val RefusedNodes = Set("ScriptTransformation", "UnresolvedExecuteImmediate", "CompoundBody")

  /** First words that HiveServer2 and beeline take for commands; Spark's parser knows none of them, or refuses them in many lines. */
  private val ShellWords = Set("dfs", "!", "compile", "reload", "add", "delete", "list", "crypto", "erasure", "source", "quit", "exit")

  /** What `protect` was called with; None until then, and no session is a client's. */
  @volatile private var protection: Option[Protection] = None

  private case class Protection(owner: AnyRef, root: URI, schemas: Set[String])

  /** From now on every session but `owner` is a client's: it reads `schemas` (names with commas between), from files below `root`. */
  def protect(owner: AnyRef, root: String, schemas: String): Unit =
    protection = Some(Protection(owner, new Path(root).toUri, schemas.split(",").toSet))

  /** Ends what `protect` began. */
  def unprotect(): Unit = protection = None

  def isClient(session: AnyRef): Boolean = protection.exists(_.owner ne session)

  /** Raises Refused unless all of a parsed statement is on the lists. */
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

  /** Raises Refused where a plan whose names are resolved contains what `checkParsed` refuses, or reads outside the warehouse. */
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

  /** A path comes as a schema that is called like a format, as in text.`/etc/passwd`: only names in the served schemas are tables. */
  private def checkTable(name: Seq[String]): Unit = {
    val schema = withoutCatalog(name, 2).init
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

  /** What a person calls a statement, from the name of its node: DropTable is DROP TABLE. */
  private def statementOf(plan: LogicalPlan): String = simpleName(plan) match {
    case "ScriptTransformation" => "TRANSFORM ... USING"
    case "CompoundBody" => "BEGIN ... END"
    case "RelationTimeTravel" => "Reading another version of a table"
    case "PlanWithUnresolvedIdentifier" => "IDENTIFIER of an expression"
    case other =>
      val words = other.stripSuffix("$").replaceAll("^Unresolved|^Delta|(Table)?Command$|Statement$", "")
      words.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toUpperCase(Locale.ROOT)
  }

  private def isOn(names: Set[String], part: AnyRef): Boolean = isOurs(part) && names(simpleName(part))

  /** Names of the lists are those of Spark and Delta. */
  private def isOurs(part: AnyRef): Boolean = part.getClass.getName.startsWith("org.apache.spark.sql.")

  private def simpleName(part: AnyRef): String = part.getClass.getName.split('.').last

  /** Every plan and expression below a value, however deep: also those that are no children, as the plan in an EXPLAIN. */
  private def foreachPart(value: Any)(check: PartialFunction[Any, Unit]): Unit = {
    check.applyOrElse(value, (_: Any) => ())
    value match {
      case values: Iterable[_] => values.foreach(foreachPart(_)(check))
      case node: Product if mayHoldParts(node) => node.productIterator.foreach(foreachPart(_)(check))
      case _ => ()
    }
  }

  /** Whether a value is of Scala or of Spark's trees, and not an opened table, which holds its whole log. */
  private def mayHoldParts(value: Product): Boolean = value match {
    case _: LogicalPlan | _: Expression => true
    case _ =>
      val name = value.getClass.getName
      name.startsWith("scala.") || (name.startsWith("org.apache.spark.sql.catalyst.") && !name.startsWith("org.apache.spark.sql.catalyst.catalog."))
  }

  /** A parser's complaint in one line: without the statement and the arrow below the mistake. */
  def asSentence(error: ParseException, statement: String): HiveSQLException = {
    val word = statement.trim.takeWhile(letter => letter.isLetter || letter == '!').toLowerCase(Locale.ROOT)
    val complaint = error.getMessage.trim.linesIterator.takeWhile(!_.startsWith("==")).mkString(" ").trim
    if (ShellWords(word) || word.startsWith("!")) new Refused(word.toUpperCase(Locale.ROOT), Queries)
    else new ClientError(complaint, error.getSqlState)
  }
}

/** Spark's parser with Delta's, and `checkParsed` of what clients send. The text of a view comes by `parseQuery`, and is the server's own. */
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
