import Runtime

/// `directory-writer`: keeps the directory that the mapped records describe (architecture.md §1).
@main
enum WriterProgram {
    static func main() async {
        await Program.run("directory-writer", port: 8082) { environment, context in
            let settings = try environment.settings(WriterSettings.init)
            return try await writerServices(settings, context)
        }
    }
}
