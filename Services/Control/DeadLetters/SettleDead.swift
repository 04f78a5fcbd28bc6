import ArgumentParser
import Foundation
import Kafka
import Messages
import Pipeline
import Runtime

/// What redriving and discarding have in common.
struct SettlingOptions: ParsableArguments {
    @Option(help: "Why, for the audit.") var why: String?
    @Option(help: "Records a second at most; else as fast as may be.") var rate: Int?
    @Flag(help: "Only say what would be done.") var dryRun = false
    @Flag(help: "Mean everything that is set aside, where nothing is chosen.") var all = false

    func validate(_ selection: DeadSelection) throws {
        guard dryRun || why?.isEmpty == false else { throw ValidationError("Say --why: the audit keeps it.") }
        guard rate.map({ (1...100_000).contains($0) }) ?? true else { throw ValidationError("--rate is 1 to 100000.") }
        guard all || !selection.chosen.isOpen else {
            throw ValidationError("Choose by --id, --reason, --place, --tenant, --idp, --from or --to, or say --all.")
        }
    }

    var pace: Pace { Pace(perSecond: rate) }
}

/// `bridgectl dead redrive`
struct RedriveDead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Has what was set aside handled once more, after what was wrong with it is mended.",
        discussion: """
            A dead letter's record goes to its own topic, with key and headers as they were, so that its reader judges it \
            by epoch and fence as it does any replay: what is older than what came since changes nothing. A row goes back \
            to its outbox or its work. What was redriven three times and is here again is left alone, unless --force says \
            otherwise. Interrupted, the same command again goes on with what is left.
            """
    )

    @OptionGroup var selection: DeadSelection
    @OptionGroup var sources: DeadSources
    @OptionGroup var settling: SettlingOptions
    @OptionGroup var registry: RegistryOptions
    @Option(help: "A file with what the record is to say instead; with one --id.") var value: String?
    @Option(help: "How often one is redriven at most.") var most = RedrivePlan.usualMost
    @Flag(help: "Also what was redriven that often.") var force = false

    func validate() throws {
        try settling.validate(selection)
        guard value == nil || selection.ids.count == 1 else {
            throw ValidationError("--value goes with one --id: another record says something else.")
        }
    }

    func run() async throws { print(try await outcome(.process)) }

    /// Does it, and says what came of it.
    func outcome(_ environment: Runtime.Environment) async throws -> String {
        let sources = try sources.open(environment)
        let value = try editedValue()
        let plan = RedrivePlan(try await sources.items(selection), most: most, isForced: force)
        let meant = plan.meant
        var report = SettlingReport(
            verb: "redriven",
            isDryRun: settling.dryRun,
            meant: meant,
            stopped: plan.stopped,
            obstructed: plan.obstructed
        )
        guard !settling.dryRun, !meant.isEmpty else { return try report.text(asJSON: self.sources.json) }
        var details = selection.chosen.details(of: meant)
        if let value, let id = selection.ids.first { details["edited"] = try await edit(of: id, value, in: sources) }
        let act = try await OperatorAct.begin(
            "dead.redriven",
            because: settling.why ?? "",
            details,
            in: try registry.api(environment)
        )
        let (letters, rows) = (
            meant.filter { sources.letters.has($0.id) }, meant.filter { !sources.letters.has($0.id) }
        )
        if !letters.isEmpty {
            let done = try await sources.letters.settle(
                letters,
                as: .redriven,
                in: act.id,
                saying: value,
                at: settling.pace,
                progress: ProgressLine.show(of: letters.count)
            )
            (report.count, report.refused) = (done.count, done.refused)
        }
        if !rows.isEmpty, let source = sources.rows {
            report.count += try await source.settle(rows, isRedrive: true, at: settling.pace)
        }
        report.operation = act.id
        return try report.text(asJSON: self.sources.json)
    }

    private func editedValue() throws -> [UInt8]? {
        guard let value else { return nil }
        guard let data = try? Data(contentsOf: URL(filePath: value)) else {
            throw ValidationError("\(value) cannot be read.")
        }
        guard (try? JSON(parsing: data)) != nil else {
            throw ValidationError("\(value) is no JSON, as every value is.")
        }
        return [UInt8](data)
    }

    /// What the audit says of an edit: from which value to which, by digests, as values tell of persons. What it was stays
    /// in the letter.
    private func edit(of id: String, _ value: [UInt8], in sources: Sources) async throws -> JSON {
        guard sources.letters.has(id), let letter = try await sources.letters.letter(id)?.letter else {
            throw ValidationError("Only dead letters can be edited: a row's content is its service's.")
        }
        return .object([
            "from": .string(ContentDigest(of: String(decoding: letter.record.value ?? [], as: UTF8.self)).description),
            "to": .string(ContentDigest(of: String(decoding: value, as: UTF8.self)).description),
        ])
    }
}

/// `bridgectl dead discard`
struct DiscardDead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Says that what was set aside needs nothing more.",
        discussion: """
            A dead letter is kept until its topic lets go of it, and is no longer listed; a row is deleted. The audit keeps \
            who did it and why.
            """
    )

    @OptionGroup var selection: DeadSelection
    @OptionGroup var sources: DeadSources
    @OptionGroup var settling: SettlingOptions
    @OptionGroup var registry: RegistryOptions

    func validate() throws { try settling.validate(selection) }

    func run() async throws { print(try await outcome(.process)) }

    /// Does it, and says what came of it.
    func outcome(_ environment: Runtime.Environment) async throws -> String {
        let sources = try sources.open(environment)
        let meant = try await sources.items(selection)
        var report = SettlingReport(verb: "discarded", isDryRun: settling.dryRun, meant: meant)
        guard !settling.dryRun, !meant.isEmpty else { return try report.text(asJSON: self.sources.json) }
        let act = try await OperatorAct.begin(
            "dead.discarded",
            because: settling.why ?? "",
            selection.chosen.details(of: meant),
            in: try registry.api(environment)
        )
        let (letters, rows) = (
            meant.filter { sources.letters.has($0.id) }, meant.filter { !sources.letters.has($0.id) }
        )
        if !letters.isEmpty {
            report.count = try await sources.letters.settle(
                letters,
                as: .discarded,
                in: act.id,
                at: settling.pace,
                progress: ProgressLine.show(of: letters.count)
            ).count
        }
        if !rows.isEmpty, let source = sources.rows {
            report.count += try await source.settle(rows, isRedrive: false, at: settling.pace)
        }
        report.operation = act.id
        return try report.text(asJSON: self.sources.json)
    }
}
