import Exports
import Hummingbird
import Messages
import Runtime

/// What requests say in their queries; each throws 400 for what it cannot mean.
extension Request {
    /// The identity provider whose person is meant, where the request says so.
    var providerMeant: IdentityProviderID? {
        get throws {
            guard let text = query["idp"] else { return nil }
            guard let id = IdentityProviderID(text) else {
                throw Problem.invalid([FieldError("idp", "Give the id of an identity provider.")])
            }
            return id
        }
    }

    /// The departments that are asked for; nil for all.
    var departmentNumbers: [Int64]? {
        get throws {
            guard let text = query["externalIDs"] else { return nil }
            let numbers = text.split(separator: ",").map { Int64($0) }
            guard (1...500).contains(numbers.count), !numbers.contains(nil) else {
                throw Problem.invalid([
                    FieldError("externalIDs", "Give 1 to 500 numbers of departments, with commas between.")
                ])
            }
            return numbers.compactMap(\.self)
        }
    }

    /// The last department of the page before; nil for the first page.
    var departmentCursor: Int64? {
        get throws {
            guard let text = query["cursor"], !text.isEmpty else { return nil }
            guard let number = Int64(text) else { throw Problem.invalid([.cursor]) }
            return number
        }
    }

    /// What names the last one of the page before of those that are missing; nil for the first page.
    var missingCursor: String? {
        get throws {
            guard let text = query["cursor"], !text.isEmpty else { return nil }
            guard RunObjectFilter.object(text) != nil else { throw Problem.invalid([.cursor]) }
            return text
        }
    }

    /// Whether each department says how many people it has.
    var countsPeople: Bool {
        get throws {
            guard let text = query["people"] else { return false }
            guard let counts = Bool(text) else { throw Problem.invalid([FieldError("people", "Give true or false.")]) }
            return counts
        }
    }

    /// The time of which the directory is asked for; nil for now.
    var time: Timestamp? {
        get throws {
            guard let text = query["at"] else { return nil }
            guard let time = Timestamp(rfc3339: text) else {
                let example = "2026-03-01T08:30:00Z or, with an offset, 2026-03-01T16:30:00%2B08:00"
                throw Problem.invalid([FieldError("at", "Give a time such as \(example).")])
            }
            return time
        }
    }

    /// The form of an export.
    var exportFormat: ExportFormat {
        get throws {
            guard let text = query["format"] else { return .jsonl }
            guard let format = ExportFormat(rawValue: text) else {
                throw Problem.invalid([FieldError("format", "Give csv or jsonl.")])
            }
            return format
        }
    }

    /// How many entries a page has at most.
    var pageLimit: Int {
        get throws {
            guard let text = query["limit"] else { return 100 }
            guard let limit = Int(text), (1...1_000).contains(limit) else {
                throw Problem.invalid([FieldError("limit", "A page has 1 to 1000 entries.")])
            }
            return limit
        }
    }

    /// The state of those that are asked for; nil for all.
    var missingState: MissingObject.State? {
        get throws {
            guard let text = query["state"] else { return nil }
            guard let state = MissingObject.State(rawValue: text) else {
                let states = MissingObject.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.invalid([FieldError("state", "A state is one of \(states).")])
            }
            return state
        }
    }
}

extension FieldError {
    /// Of a cursor that no page gave: beginning anew in silence would show a client the same entries for ever.
    static let cursor = FieldError("cursor", "Give the nextCursor of the page before, or leave it out.")
}
