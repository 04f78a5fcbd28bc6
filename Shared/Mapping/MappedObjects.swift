import JSONCoding
import Messages

/// What a list of WeCom's objects became.
struct MappedObjects<Record> {
    var records: [Record] = []
    /// Those whose ids cannot be read.
    var rejected: [RejectedRecord] = []
    /// The ids of those whom the filter leaves out.
    var filtered: [String] = []
    /// Fields of the records that could not be taken.
    var fieldProblems: [FieldProblem] = []

    /// Reads the array that comes next, one object into the place of the other.
    ///
    /// - Throws: `JSONError` when it is no array of JSON values.
    init<Object: WeComObject>(
        _ reader: inout JSONReader,
        _ selection: Object.Selection,
        _ map: (inout Object) throws(RecordRefusal) -> Record?
    ) throws(JSONError) {
        var object = Object()
        try reader.beginArray()
        while try reader.nextElement() {
            object.clear()
            let start = reader
            do throws(JSONError) {
                try object.read(&reader, selection)
            } catch {
                reader = start
                try reader.skipValue()
                refuse(object, "the record has no valid \(error.expected)")
                continue
            }
            do throws(RecordRefusal) {
                if let record = try map(&object) {
                    records.append(record)
                    if !object.problems.isEmpty { tellProblems(of: object) }
                } else if let id = object.object?.externalID {
                    filtered.append(id)
                }
            } catch {
                refuse(object, error.reason)
            }
        }
    }

    private mutating func refuse(_ object: some WeComObject, _ reason: String) {
        rejected.append(RejectedRecord(externalID: object.object?.externalID, reason: reason))
    }

    private mutating func tellProblems(of object: some WeComObject) {
        guard let name = object.object else { return }
        for problem in object.problems {
            fieldProblems.append(FieldProblem(name, field: problem.field, problem.kind))
        }
    }
}
