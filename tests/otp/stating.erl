%% Runs the programs of gen-state-machine-beam.test.ts in OTP's gen_statem and writes down, a line
%% each, which events came in which state.
%%   erl +S 1:1 -noshell -pa FOLDER -run stating main INPUT OUTPUT
-module(stating).
-behaviour(gen_statem).
-export([main/1]).
-export([callback_mode/0, init/1, handle_event/4]).

main([Input, Output]) ->
    {ok, [Programs]} = file:consult(Input),
    ok = file:write_file(Output, [[run(Program), "\n"] || Program <- Programs]),
    halt(0).

run(#{casts := Casts} = Program) ->
    {ok, Machine} = gen_statem:start(?MODULE, Program, []),
    [gen_statem:cast(Machine, Id) || Id <- Casts],
    Log = gen_statem:call(Machine, log),
    ok = gen_statem:stop(Machine),
    lists:join(" ", lists:reverse(Log)).

callback_mode() ->
    [handle_event_function | [state_enter || get(enters)]].

init(#{enters := Enters, events := Events, entries := Entries, most := Most, first := First}) ->
    put(enters, Enters),
    put(events, list_to_tuple(Events)),
    put(entries, Entries),
    put(left, Most),
    put(log, []),
    {ok, a, 0, actions(First)}.

handle_event({call, From}, log, _State, _Data) ->
    {keep_state_and_data, {reply, From, get(log)}};
handle_event(Type, Content, State, Data) ->
    put(log, [io_lib:format("~w", [{State, word(Type), Content, Data}]) | get(log)]),
    case put(left, get(left) - 1) of
        Left when Left =< 0 -> keep_state_and_data;
        _ when Type =:= enter -> answer(maps:get(State, get(entries)), Data);
        _ -> answer(maps:get(State, element(Content + 1, get(events))), Data)
    end.

word({timeout, Name}) -> Name;
word(timeout) -> event_timeout;
word(Type) -> Type.

answer(#{result := next, to := To, actions := Actions}, Data) ->
    {next_state, To, Data + 1, actions(Actions)};
answer(#{result := keep, actions := Actions}, Data) -> {keep_state, Data + 1, actions(Actions)};
answer(#{result := keep_all, actions := Actions}, _) -> {keep_state_and_data, actions(Actions)};
answer(#{result := repeat, actions := Actions}, Data) -> {repeat_state, Data + 1, actions(Actions)};
answer(#{result := repeat_all, actions := Actions}, _) -> {repeat_state_and_data, actions(Actions)}.

actions(Actions) -> [action(Action) || Action <- Actions].

action([Simple]) -> Simple;
action([next_event, Id]) -> {next_event, internal, Id};
action([Kind, cancel, _]) -> {kind(Kind), cancel};
action([Kind, When, Id]) -> {kind(Kind), When, Id}.

kind(event_timeout) -> timeout;
kind(state_timeout) -> state_timeout;
kind(Name) -> {timeout, Name}.
