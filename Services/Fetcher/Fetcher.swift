@main
struct FetcherProgram {
    static func main() {}
}
