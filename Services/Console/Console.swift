import Runtime

/// `admin-console`: the administrators' pages.
@main
struct ConsoleProgram {
    static func main() async {
        await Program.run("admin-console", port: Settings.defaultPort) { environment, context in
            let settings = try Settings.read(environment)
            return try await Wiring(settings, context).services
        }
    }
}
