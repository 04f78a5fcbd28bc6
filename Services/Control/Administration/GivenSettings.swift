import ArgumentParser
import FoundationEssentials
import Runtime

/// The members of a request's JSON object, as options name them.
struct GivenSettings: ParsableArguments {
    @Option(name: .customLong("set"), help: "NAME=VALUE, any number of times; the value is JSON, or else a text.")
    var members: [String] = []

    @Option(help: "A file with a JSON object of settings; what --set gives wins.")
    var file: String?

    func validate() throws {
        for member in members where !member.contains("=") {
            throw ValidationError("--set takes NAME=VALUE, such as --set cycleHours=4, and not \"\(member)\".")
        }
    }

    /// All of them.
    ///
    /// - Throws: ``ValidationError`` where the file holds no JSON object.
    var fields: [String: JSON] {
        get throws {
            var fields = try file.map(Self.read) ?? [:]
            for member in members {
                let parts = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let text = String(parts[1])
                fields[String(parts[0])] = (try? JSON(parsing: Data(text.utf8))) ?? .string(text)
            }
            return fields
        }
    }

    private static func read(_ path: String) throws -> [String: JSON] {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw ValidationError("\(path) cannot be read.")
        }
        guard case .object(let fields)? = try? JSON(parsing: data) else {
            throw ValidationError("\(path) must hold one JSON object.")
        }
        return fields
    }
}
