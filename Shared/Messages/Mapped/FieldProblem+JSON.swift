import JSONCoding

/// The hot reader and writer of lists of fields that could not be taken.
extension FieldProblem {
    private static let keys = JSONKeys(["object", "field", "kind"])
    private static let objectKeys = JSONKeys(["kind", "externalID"])

    static func write(_ problems: [FieldProblem], to writer: inout JSONWriter) {
        writer.beginArray()
        for problem in problems {
            writer.beginObject()
            writer.key("object")
            writer.beginObject()
            writer.key("kind")
            writer.write(problem.object.kind.rawValue)
            writer.key("externalID")
            writer.write(problem.object.externalID)
            writer.endObject()
            writer.key("field")
            writer.write(problem.field)
            writer.key("kind")
            writer.write(problem.kind.rawValue)
            writer.endObject()
        }
        writer.endArray()
    }

    static func readList(_ reader: inout JSONReader) throws(JSONError) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        try reader.beginArray()
        while try reader.nextElement() { problems.append(try read(&reader)) }
        return problems
    }

    private static func read(_ reader: inout JSONReader) throws(JSONError) -> FieldProblem {
        var (object, field, kind): (DirectoryObject?, String?, Kind?) = (nil, nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch key {
            case 0: object = try readObject(&reader)
            case 1: field = try reader.readString()
            case 2: kind = Kind(rawValue: try reader.readString())
            default: try reader.skipValue()
            }
        }
        guard let object, let field, let kind else {
            throw JSONError(expected: "object, field and known kind", offset: reader.offset)
        }
        return FieldProblem(object, field: field, kind)
    }

    private static func readObject(_ reader: inout JSONReader) throws(JSONError) -> DirectoryObject {
        var (kind, externalID): (DirectoryObject.Kind?, String?) = (nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey(in: objectKeys) {
            switch key {
            case 0: kind = DirectoryObject.Kind(rawValue: try reader.readString())
            case 1: externalID = try reader.readString()
            default: try reader.skipValue()
            }
        }
        guard let kind, let externalID else {
            throw JSONError(expected: "known kind and externalID", offset: reader.offset)
        }
        return DirectoryObject(kind, externalID)
    }
}
